package initrunner.role.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.model.TestModels;
import initrunner.schema.ConfigException;
import initrunner.schema.ConfigFault;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A user's aliases for models.
class UserModelsTest {

  @TempDir private Path home;

  @Test
  void aWordStandsForAModelAndOtherTextForItself() throws IOException {
    UserModels aliases = aliases("aliases: {fast: 'openai:gpt-5-mini', local: ollama:qwen3:8b}");

    assertThat(aliases.resolve("fast")).isEqualTo("openai:gpt-5-mini");
    assertThat(aliases.resolve("local")).isEqualTo("ollama:qwen3:8b");
    assertThat(aliases.resolve("Fast")).isEqualTo("Fast");
    assertThat(aliases.resolve("groq:fast")).isEqualTo("groq:fast");
  }

  @Test
  void aRolesModelIsNamedByAWordOnlyWhereItHasNeitherProviderNorAddress() throws IOException {
    UserModels aliases = aliases("aliases: {fast: 'openai:gpt-5-mini'}");
    Optional<URI> server = Optional.of(URI.create("http://localhost:1/v1"));

    assertThat(aliases.resolve(model("", Optional.empty())))
        .isEqualTo(
            TestModels.settings(
                "openai", "gpt-5-mini", Optional.empty(), Optional.empty(), 0.7, 99));
    assertThat(aliases.resolve(model("groq", Optional.empty())).name()).isEqualTo("fast");
    assertThat(aliases.resolve(model("", server)).name()).isEqualTo("fast");
  }

  private static ModelSettings model(String provider, Optional<URI> server) {
    return TestModels.settings(provider, "fast", server, Optional.empty(), 0.7, 99);
  }

  @Test
  void aModelHasAPriceWhichMayBeNothing() throws IOException {
    UserModels user =
        aliases(
            "prices: {'openai:gpt-5': {input: 1.25, output: 10, cached_input: 0.125},"
                + " ollama:qwen3:8b: {input: 0, output: 0}}");

    assertThat(user.prices().get("openai:gpt-5"))
        .isEqualTo(
            new ModelPrice(
                new BigDecimal("1.25"),
                new BigDecimal("10.0"),
                Optional.of(new BigDecimal("0.125")),
                Optional.empty()));
    assertThat(user.prices().get("ollama:qwen3:8b"))
        .matches(price -> price != null && price.isFree());
  }

  @Test
  void everyFaultOfAPriceIsToldWithItsPlace() throws IOException {
    Files.writeString(
        home.resolve("models.yaml"),
        "prices:\n  gpt-5: {input: 1, output: 1}\n  openai:gpt-5: {input: -1, ouput: 2}\n");

    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> UserModels.load(home));

    assertThat(refused.faults())
        .extracting(ConfigFault::toString)
        .satisfiesExactlyInAnyOrder(
            fault -> assertThat(fault).contains(":2:3: prices.gpt-5: is not of the form"),
            fault ->
                assertThat(fault)
                    .contains(":3:25: ", "is too small, got -1", "a number, 0 or more"),
            fault -> assertThat(fault).contains(":3:29: ", "did you mean output?"),
            fault -> assertThat(fault).contains("output: is missing", "add output: 10.0"));
  }

  @Test
  void withoutTheFileThereAreNone() {
    assertThat(UserModels.load(home)).isEqualTo(UserModels.NONE);
  }

  @Test
  void everyFaultOfTheFileIsToldWithItsPlace() throws IOException {
    Path file =
        Files.writeString(
            home.resolve("models.yaml"),
            "aliases:\n  fast: gpt-5\n  smart: opnai:gpt-5\n  'a b': openai:gpt-5\nalias: {}\n");

    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> UserModels.load(home));

    assertThat(refused.faults())
        .extracting(ConfigFault::toString)
        .satisfiesExactly(
            fault ->
                assertThat(fault)
                    .startsWith(file + ":2:9: aliases.fast: is not of the form provider:name"),
            fault ->
                assertThat(fault)
                    .startsWith(file + ":3:10: aliases.smart: has a provider that is not known"),
            fault -> assertThat(fault).startsWith(file + ":4:3: aliases.a b: is not a word"),
            fault -> assertThat(fault).contains(":5:1: alias: is not a known key; did you mean"));
  }

  @Test
  void theModelThatTheUserUsuallyWantsIsNamedInThreeWays() throws IOException {
    UserModels aliases = aliases("aliases: {fast: 'openai:gpt-5-mini'}");

    assertThat(aliases.usual(home)).isEmpty();
    assertThat(usual(aliases, "provider: groq\nmodel: llama-3.3-70b\n"))
        .contains("groq:llama-3.3-70b");
    assertThat(usual(aliases, "provider: groq\n")).contains("groq");
    assertThat(usual(aliases, "model: anthropic:claude-sonnet-4-5\n"))
        .contains("anthropic:claude-sonnet-4-5");
    assertThat(usual(aliases, "model: fast\n")).contains("openai:gpt-5-mini");
    assertThat(usual(aliases, "{}\n")).isEmpty();
  }

  @Test
  void everyFaultOfTheUsualModelIsToldWithItsPlace() throws IOException {
    UserModels aliases = UserModels.load(home);
    ConfigException refused =
        catchThrowableOfType(
            ConfigException.class,
            () -> usual(aliases, "provider: opnai\nmodle: gpt-5\ntool_profile: all\n"));

    assertThat(refused.faults())
        .extracting(ConfigFault::toString)
        .satisfiesExactly(
            fault -> assertThat(fault).contains("run.yaml:1:11: provider: is a provider that is"),
            fault -> assertThat(fault).contains("run.yaml:2:1: modle: ", "did you mean model"),
            fault -> assertThat(fault).contains("run.yaml:3:1: tool_profile: is about runs"));
  }

  private Optional<String> usual(UserModels aliases, String text) throws IOException {
    Files.writeString(home.resolve("run.yaml"), text);
    return aliases.usual(home);
  }

  private UserModels aliases(String text) throws IOException {
    Files.writeString(home.resolve("models.yaml"), text);
    return UserModels.load(home);
  }
}

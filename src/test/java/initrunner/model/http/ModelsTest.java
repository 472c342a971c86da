package initrunner.model.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.agent.ScriptedModel;
import initrunner.model.ModelException;
import initrunner.model.ModelException.Kind;
import initrunner.model.TestModels;
import initrunner.model.endpoint.ApiKey;
import initrunner.model.endpoint.ModelEndpoint;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.model.Api;
import initrunner.role.model.ModelSettings;
import initrunner.role.model.Provider;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ModelsTest {

  private static final URI SERVER = URI.create("https://llm.example.org/v1");

  /// Nothing listens at the discard port.
  private static final Map<String, String> NO_OLLAMA =
      Map.of("OLLAMA_BASE_URL", "http://127.0.0.1:9/v1");

  private static final Map<String, String> KEY = Map.of("OPENAI_API_KEY", "sk-1");

  @Test
  void theRolesModelIsUsedWhereNoOtherIsNamed() {
    ModelSettings role = openAi("gpt-5-mini");

    assertThat(choose(Optional.of(role), Optional.empty(), NO_OLLAMA)).isEqualTo(role);
  }

  @Test
  void aNameForThisRunReplacesProviderAndNameAndKeepsTheRest() {
    ModelSettings role =
        TestModels.settings(
            "openai", "gpt-4o", Optional.of(SERVER), Optional.of("LLM_KEY"), 0.7, 99);

    assertThat(choose(Optional.of(role), Optional.of("openai:gpt-5"), NO_OLLAMA))
        .isEqualTo(
            TestModels.settings(
                "openai", "gpt-5", Optional.of(SERVER), Optional.of("LLM_KEY"), 0.7, 99));
  }

  @Test
  void whatFitsAModelsContextIsKeptForAnotherModel() {
    ModelSettings role =
        new ModelSettings(
            "openai",
            "gpt-4o",
            Optional.empty(),
            Optional.empty(),
            0.7,
            99,
            Optional.of(8000),
            ModelSettings.DEFAULT.sampling(),
            ModelSettings.DEFAULT.providerFields(),
            ModelSettings.DEFAULT.additions(),
            ModelSettings.DEFAULT.patience(),
            Optional.empty(),
            ModelSettings.Fallback.NONE);

    assertThat(
            choose(Optional.of(role), Optional.of("anthropic:claude"), NO_OLLAMA).contextWindow())
        .contains(8000);
  }

  @Test
  void addressAndKeyOfOneProviderAreNotTakenToAnother() {
    ModelSettings role =
        TestModels.settings(
            "local", "llama3", Optional.of(SERVER), Optional.of("LLM_KEY"), 0.7, 99);

    assertThat(choose(Optional.of(role), Optional.of("openai:gpt-5"), NO_OLLAMA))
        .isEqualTo(
            TestModels.settings("openai", "gpt-5", Optional.empty(), Optional.empty(), 0.7, 99));
  }

  @Test
  void aModelsNameMayHoldAColon() {
    ModelSettings role =
        TestModels.settings("ollama", "llama3", Optional.of(SERVER), Optional.empty(), 0.1, 4096);

    assertThat(choose(Optional.of(role), Optional.of("ollama:qwen3:8b"), NO_OLLAMA).name())
        .isEqualTo("qwen3:8b");
  }

  @Test
  void aRoleWithoutAModelIsToldTheWaysToNameOne() {
    ModelException fault =
        catchThrowableOfType(
            ModelException.class, () -> choose(Optional.empty(), Optional.empty(), NO_OLLAMA));

    assertThat(fault.kind()).isEqualTo(Kind.NOT_NAMED);
    assertThat(fault.remedy()).contains("spec.model", "--model", "INITRUNNER_MODEL");
  }

  @Test
  void withoutAModelTheFirstProviderWithAKeyIsUsedAndTheRolesOtherSettingsStay() {
    ModelSettings unnamed =
        TestModels.settings("", "", Optional.empty(), Optional.empty(), 0.7, 99);
    Map<String, String> keys = Map.of("OPENAI_API_KEY", "a", "GROQ_API_KEY", "b");

    ModelSettings chosen = choose(Optional.of(unnamed), Optional.empty(), keys);

    assertThat(chosen.provider()).isEqualTo("openai");
    assertThat(chosen.name()).isEqualTo("gpt-5-mini");
    assertThat(chosen.temperature()).isEqualTo(0.7);
    assertThat(
            choose(
                    Optional.empty(),
                    Optional.empty(),
                    Map.of("OPENAI_API_KEY", "a", "ANTHROPIC_API_KEY", "b"))
                .provider())
        .isEqualTo("anthropic");
  }

  @Test
  void whatTheUserWantsComesBehindTheRolesModelAndBeforeAnyKey() {
    ModelSettings role =
        TestModels.settings("groq", "m", Optional.empty(), Optional.empty(), 0.7, 99);
    Map<String, String> keys = Map.of("ANTHROPIC_API_KEY", "a");

    assertThat(
            Models.choose(
                Optional.of(role),
                Optional.empty(),
                () -> Optional.of("openai:o3"),
                RoleEnvironment.ofProcess(keys)))
        .isEqualTo(role);
    assertThat(
            Models.choose(
                Optional.empty(),
                Optional.empty(),
                () -> Optional.of("openai:o3"),
                RoleEnvironment.ofProcess(keys)))
        .returns("openai", ModelSettings::provider)
        .returns("o3", ModelSettings::name);
    assertThat(
            Models.choose(
                Optional.empty(),
                Optional.empty(),
                () -> Optional.of("mistral"),
                RoleEnvironment.ofProcess(keys)))
        .returns("mistral", ModelSettings::provider)
        .returns("mistral-large-latest", ModelSettings::name);
  }

  @Test
  void providersAreLookedForInThisOrder() {
    Map<String, String> keys = new HashMap<>();
    Stream.of(Provider.values())
        .flatMap(provider -> provider.keyVariable().stream())
        .forEach(variable -> keys.put(variable, "k"));
    List<String> found = new ArrayList<>();
    while (!keys.isEmpty()) {
      ModelSettings chosen = choose(Optional.empty(), Optional.empty(), keys);
      found.add(chosen.provider());
      keys.remove(Provider.named(chosen.provider()).orElseThrow().keyVariable().orElseThrow());
    }

    assertThat(found)
        .startsWith(
            "anthropic",
            "openai",
            "google",
            "groq",
            "mistral",
            "cohere",
            "xai",
            "deepseek",
            "openrouter");
  }

  @Test
  void cohereIsAskedAsOpenAiIsWithItsOwnKey() {
    ModelSettings cohere =
        TestModels.settings(
            "cohere", "command-a-03-2025", Optional.empty(), Optional.empty(), 0.1, 4096);
    ModelEndpoint endpoint =
        ModelEndpoint.of(cohere, RoleEnvironment.ofProcess(Map.of("CO_API_KEY", "k")));

    assertThat(endpoint.api()).isEqualTo(Api.CHAT_COMPLETIONS);
    assertThat(endpoint.baseUrl()).isEqualTo(URI.create("https://api.cohere.ai/compatibility/v1"));
    assertThat(endpoint.key()).contains(new ApiKey("CO_API_KEY", "k"));
  }

  @Test
  void withoutAnyKeyAnOllamaThatAnswersIsUsed() {
    try (ScriptedModel server =
        ScriptedModel.of(
            ScriptedModel.status(200, "{\"object\":\"list\",\"data\":[{\"id\":\"qwen3:8b\"}]}"))) {
      ModelSettings chosen =
          choose(
              Optional.empty(),
              Optional.empty(),
              Map.of("OLLAMA_BASE_URL", server.baseUrl().toString()));

      assertThat(chosen.provider() + ":" + chosen.name()).isEqualTo("ollama:qwen3:8b");
      assertThat(server.requests())
          .singleElement()
          .satisfies(request -> assertThat(request.path()).isEqualTo("/v1/models"));
    }
  }

  @Test
  void aNameInTheRoleWithoutAProviderIsToldWhichThereAre() {
    ModelSettings nameless =
        TestModels.settings("", "gpt-5", Optional.empty(), Optional.empty(), 0.1, 4096);

    assertThat(
            catchThrowableOfType(
                ModelException.class,
                () -> choose(Optional.of(nameless), Optional.empty(), NO_OLLAMA)))
        .hasMessage("model 'gpt-5' has no provider")
        .extracting(ModelException::remedy)
        .asString()
        .contains("anthropic, openai", "base_url");
  }

  @Test
  void everyMissingKeyNamesItsVariable() {
    for (Provider provider : Provider.values()) {
      provider
          .keyVariable()
          .ifPresent(variable -> {
            ModelSettings settings =
                TestModels.settings(
                    provider.id(), "m", Optional.empty(), Optional.empty(), 0.1, 4096);
            assertThat(fault(settings, Map.of()))
                .hasMessageStartingWith("environment variable " + variable + " is not set");
          });
    }
    ModelSettings ollama =
        TestModels.settings("ollama", "m", Optional.empty(), Optional.empty(), 0.1, 4096);
    assertThat(ModelEndpoint.of(ollama, RoleEnvironment.ofProcess(Map.of())).key()).isEmpty();
  }

  @Test
  void anthropicsAddressMayComeWithoutItsVersion() {
    ModelSettings settings =
        TestModels.settings("anthropic", "m", Optional.empty(), Optional.empty(), 0.1, 4096);

    assertThat(
            Models.address(
                settings,
                RoleEnvironment.ofProcess(
                    Map.of("ANTHROPIC_API_KEY", "k", "ANTHROPIC_BASE_URL", "http://127.0.0.1:1/"))))
        .isEqualTo("http://127.0.0.1:1/v1");
  }

  @Test
  void aNameWithoutAProviderOrWithAnUnknownOneIsRefused() {
    for (String given : new String[] {"gpt-5", ":gpt-5", "openai:", "openai: ", "nobody:gpt-5"}) {
      ModelException fault =
          catchThrowableOfType(
              ModelException.class, () -> choose(Optional.empty(), Optional.of(given), NO_OLLAMA));

      assertThat(fault.kind()).as(given).isEqualTo(Kind.NAME_INVALID);
    }
  }

  @Test
  void aMissingKeyNamesItsVariableAndHowToSetIt() {
    for (Map<String, String> environment :
        List.of(Map.<String, String>of(), Map.of("OPENAI_API_KEY", "  "))) {
      ModelException fault = fault(openAi("gpt-5-mini"), environment);

      assertThat(fault.kind()).isEqualTo(Kind.KEY_MISSING);
      assertThat(fault)
          .hasMessage(
              "environment variable OPENAI_API_KEY is not set; model openai:gpt-5-mini needs its"
                  + " key there");
      assertThat(fault.remedy()).isEqualTo("Set it: export OPENAI_API_KEY=YOUR_KEY");
    }
  }

  @Test
  void aKeyThatNoHeaderCanCarryIsRefusedWithoutBeingShown() {
    ModelException fault = fault(openAi("gpt-5"), Map.of("OPENAI_API_KEY", "sk-se\ncret"));

    assertThat(fault.kind()).isEqualTo(Kind.KEY_INVALID);
    assertThat(fault).hasMessageContaining("U+000A at position 6");
    assertThat(fault.getMessage() + fault.remedy()).doesNotContain("cret");
  }

  @Test
  void aKeyIsNeverPartOfWhatIsShownOfAnEndpoint() {
    assertThat(
            ModelEndpoint.of(
                    openAi("gpt-5"),
                    RoleEnvironment.ofProcess(Map.of("OPENAI_API_KEY", "sk-secret")))
                .toString())
        .startsWith("openai:gpt-5 at https://api.openai.com/v1 with ")
        .contains("OPENAI_API_KEY")
        .doesNotContain("sk-secret");
  }

  @Test
  void theProvidersAddressCanBeReplacedByTheEnvironmentAndThatByTheRole() {
    Map<String, String> environment =
        Map.of("OPENAI_API_KEY", "sk-1", "OPENAI_BASE_URL", "http://127.0.0.1:8000/v1");
    ModelSettings own =
        TestModels.settings("openai", "gpt-5", Optional.of(SERVER), Optional.empty(), 0.1, 4096);

    assertThat(Models.address(openAi("gpt-5"), RoleEnvironment.ofProcess(KEY)))
        .isEqualTo("https://api.openai.com/v1");
    assertThat(Models.address(openAi("gpt-5"), RoleEnvironment.ofProcess(environment)))
        .isEqualTo("http://127.0.0.1:8000/v1");
    assertThat(Models.address(own, RoleEnvironment.ofProcess(environment)))
        .isEqualTo(SERVER.toString());
  }

  @Test
  void theProvidersKeyDoesNotGoToAnAddressOfTheRole() {
    ModelSettings elsewhere =
        TestModels.settings("openai", "gpt-5", Optional.of(SERVER), Optional.empty(), 0.1, 4096);
    ModelSettings atHome =
        TestModels.settings(
            "openai",
            "gpt-5",
            Optional.of(URI.create("https://api.openai.com/v1")),
            Optional.empty(),
            0.1,
            4096);

    assertThat(ModelEndpoint.of(elsewhere, RoleEnvironment.ofProcess(KEY)).key()).isEmpty();
    assertThat(ModelEndpoint.of(atHome, RoleEnvironment.ofProcess(KEY)).key()).isPresent();
  }

  @Test
  void aKeyThatTheRoleNamesMustBeThere() {
    ModelSettings named =
        TestModels.settings(
            "local", "llama3", Optional.of(SERVER), Optional.of("LLM_KEY"), 0.1, 4096);

    assertThat(fault(named, KEY)).hasMessageContaining("LLM_KEY is not set");
    assertThat(ModelEndpoint.of(named, RoleEnvironment.ofProcess(Map.of("LLM_KEY", "k"))).key())
        .contains(new ApiKey("LLM_KEY", "k"));
  }

  @Test
  void anAddressThatCannotBeAskedIsRefusedWithItsSource() {
    for (String given :
        new String[] {
          "api.example.org/v1",
          "ftp://example.org/v1",
          "http://",
          "http://a b/v1",
          "https://me:secret@example.org/v1",
          "https://example.org/v1?api-version=3"
        }) {
      ModelException fault =
          fault(openAi("gpt-5"), Map.of("OPENAI_API_KEY", "sk-1", "OPENAI_BASE_URL", given));

      assertThat(fault.kind()).as(given).isEqualTo(Kind.URL_INVALID);
      assertThat(fault).hasMessageStartingWith("OPENAI_BASE_URL ");
      assertThat(fault.getMessage()).doesNotContain("secret");
    }
  }

  @Test
  void aProviderWithoutAnAddressMustBeAKnownOne() {
    ModelSettings unknown =
        TestModels.settings("nobody", "m", Optional.empty(), Optional.empty(), 0.1, 4096);

    assertThat(fault(unknown, KEY))
        .hasMessage("provider 'nobody' is not known; known are " + Provider.names());
  }

  @Test
  void aMessageShowsNoMoreOfAnAddressThanTheServerAndTheUsualWords() {
    for (String given :
        List.of(
            "http://127.0.0.1:8000/v1",
            "https://api.groq.com/openai/v1",
            "http://127.0.0.1:8000")) {
      assertThat(shown(given)).isEqualTo(given);
    }
    assertThat(shown("https://gateway.example.org/t0ken/v1"))
        .isEqualTo("https://gateway.example.org/…");
  }

  private static String shown(String baseUrl) {
    return Models.address(
        TestModels.settings(
            "my-server", "m", Optional.of(URI.create(baseUrl)), Optional.empty(), 0.1, 4096),
        RoleEnvironment.ofProcess(Map.of()));
  }

  @Test
  void aProviderWithoutAModelsNameIsToldWhatIsMissing() {
    assertThat(missing("my-server"))
        .hasMessage("provider 'my-server' is given without the name of a model");
    assertThat(missing("ollama")).hasMessageContaining("no Ollama answers");
    try (ScriptedModel server =
        ScriptedModel.of(
            ScriptedModel.status(200, "{\"object\":\"list\",\"data\":[{\"id\":\"qwen3:8b\"}]}"))) {
      assertThat(
              choose(
                      Optional.of(nameless("ollama")),
                      Optional.empty(),
                      Map.of("OLLAMA_BASE_URL", server.baseUrl().toString()))
                  .name())
          .isEqualTo("qwen3:8b");
    }
  }

  private static ModelException missing(String provider) {
    return catchThrowableOfType(
        ModelException.class,
        () -> choose(Optional.of(nameless(provider)), Optional.empty(), NO_OLLAMA));
  }

  private static ModelSettings nameless(String provider) {
    return TestModels.settings(provider, "", Optional.empty(), Optional.empty(), 0.1, 4096);
  }

  private static ModelSettings choose(
      Optional<ModelSettings> role, Optional<String> override, Map<String, String> environment) {
    return Models.choose(role, override, Optional::empty, RoleEnvironment.ofProcess(environment));
  }

  private static ModelException fault(ModelSettings settings, Map<String, String> environment) {
    return catchThrowableOfType(
        ModelException.class,
        () -> ModelEndpoint.of(settings, RoleEnvironment.ofProcess(environment)));
  }

  private static ModelSettings openAi(String name) {
    return TestModels.settings("openai", name, Optional.empty(), Optional.empty(), 0.1, 4096);
  }
}

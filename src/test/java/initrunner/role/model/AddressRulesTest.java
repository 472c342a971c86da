package initrunner.role.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.role.Role;
import initrunner.role.RoleLoader;
import initrunner.role.file.RoleEnvironment;
import initrunner.schema.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// An address from a `.env` file gets no secrets of other sources.
class AddressRulesTest {

  private static final String ACME = "provider: acme, name: m, ";

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void nameTheRole() {
    file = directory.resolve("role.yaml");
  }

  /// Loads a role where `.env` sets one variable, and the process the others.
  private Role load(String model, String ofFile) throws IOException {
    Files.writeString(file, "{name: an-agent, prompt: p, model: {" + model + "}}");
    Files.writeString(directory.resolve(".env"), ofFile + "=http://h.example\n");
    Map<String, String> process =
        new HashMap<>(Map.of("HOST", "http://h.example", "SECRET", "hunter2", "OTHER", "hunter3"));
    process.remove(ofFile);
    return RoleLoader.load(file, RoleEnvironment.of(file, directory.resolve("none"), process));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "base_url: '${HOST}', api_key_env: SECRET|HOST|SECRET",
        "base_url: '${HOST}', extra_headers: {A: 'x ${SECRET}'}|HOST|SECRET",
        "base_url: '${HOST}', extra_body: {a: [{b: '${SECRET}'}]}|HOST|SECRET",
        "base_url: 'http://h/', api_key_env: SECRET|https_proxy|SECRET",
        "base_url: 'http://h/', extra_headers: {A: '${SECRET}'}|HTTP_PROXY|SECRET",
        "base_url: 'http://h/${OTHER}', extra_headers: {A: '${SECRET}'}|OTHER|SECRET",
        "extra_body: {a: '${SECRET}'}|ACME_BASE_URL|SECRET",
        "base_url: ' ', extra_body: {a: '${SECRET}'}|ACME_BASE_URL|SECRET",
      })
  void aSecretOfTheProcessIsNotSentWhereAFileLeads(String model, String address, String secret) {
    assertThatThrownBy(() -> load(ACME + model, address))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            secret
                + " would be sent where "
                + address
                + " in "
                + directory.resolve(".env")
                + " leads, and does not come from that file; export "
                + address
                + " where initrunner is started, or write "
                + secret
                + " into that file too");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "base_url: '${HOST}', api_key_env: SECRET|UNUSED",
        "base_url: '${HOST}', api_key_env: SECRET|SECRET",
        "base_url: '${HOST}', api_key_env: HOST|HOST",
        "base_url: '${HOST}', api_key_env: UNSET|HOST",
        "base_url: '${HOST}', extra_headers: {A: plain}|HOST",
        "base_url: 'http://h/', extra_body: {a: '${SECRET}'}|ACME_BASE_URL",
      })
  void whatTheFileHasItselfOrNoFileLeadsToIsSent(String model, String ofFile) throws IOException {
    assertThat(load(ACME + model, ofFile).model()).isPresent();
  }

  @Test
  void aRoleThatIsOnlyLookedAtIsNotChecked() throws IOException {
    Files.writeString(
        file,
        "{name: an-agent, prompt: p, model: {"
            + ACME
            + "base_url: '${HOST}', api_key_env: SECRET}}");
    assertThat(AddressRules.variablesOf(RoleLoader.load(file).model().orElseThrow()))
        .containsExactly("HOST");
  }
}

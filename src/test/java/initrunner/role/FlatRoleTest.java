package initrunner.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.model.TestModels;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.tools.ToolGrant;
import initrunner.role.tools.ToolGrant.Approval;
import initrunner.schema.ConfigException;
import initrunner.schema.ConfigFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The form of a role with all keys at the top level.
class FlatRoleTest {

  private static final String ROLE = "name: build-agent\nprompt: You build.\n";

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("role.yaml");
  }

  @Test
  void saysTheSameAsAnEnvelope() throws IOException {
    Role flat =
        load(
            """
            name: build-agent
            description: Builds.
            tags: [a]
            spec_version: 3
            prompt: You build.
            model: {provider: openai, name: gpt-5}
            tools: [{type: shell, timeout_seconds: 7}]
            security: {sandbox: {memory_limit: 1g}}
            guardrails: {max_tool_calls: 3}
            execution: {http_retries: 1}
            """);
    Role envelope =
        load(
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata: {name: build-agent, description: Builds., tags: [a]}
            spec:
              role: You build.
              model: {provider: openai, name: gpt-5}
              tools: [{type: shell, timeout_seconds: 7}]
              security: {sandbox: {memory_limit: 1g}}
              guardrails: {max_tool_calls: 3}
              execution: {http_retries: 1}
            """);

    assertThat(flat).isEqualTo(envelope);
  }

  @Test
  void theShortestOneHasEveryDefault() throws IOException {
    Role role = load("name: a\nprompt: You build.\n");

    assertThat(role.metadata().name()).isEqualTo("a");
    assertThat(role.security()).isEqualTo(new Security(SandboxSettings.DEFAULT));
    assertThat(role.guardrails()).isEqualTo(Guardrails.DEFAULT);
    assertThat(role.tools()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "openai:gpt-5, openai, gpt-5",
    "gpt-5, '', gpt-5",
    "ollama:qwen3:8b, ollama, qwen3:8b",
  })
  void aModelMayBeANameAlone(String written, String provider, String name) throws IOException {
    assertThat(load(ROLE + "model: " + written).model())
        .contains(
            TestModels.settings(provider, name, Optional.empty(), Optional.empty(), 0.1, 4096));
  }

  @ParameterizedTest
  @ValueSource(strings = {"shell", "{shell: }", "{shell: {}}", "{type: shell}"})
  void aToolMayBeSpelledInAnyWay(String spelling) throws IOException {
    assertThat(load(ROLE + "tools: [" + spelling + "]").tools())
        .isEqualTo(load(ROLE + "tools: [{type: shell}]").tools());
  }

  @Test
  void aToolHasItsKeysInEverySpelling() throws IOException {
    List<ToolGrant> tools =
        load(ROLE + "tools: [{shell: {timeout_seconds: 7, approval: required}}]").tools();

    assertThat(tools)
        .isEqualTo(
            load(ROLE + "tools: [{type: shell, timeout_seconds: 7, approval: required}]").tools());
    assertThat(tools.getFirst().approval()).isEqualTo(Approval.REQUIRED);
  }

  @Test
  void aSlipInTheWordTypeIsNamed() throws IOException {
    assertThat(faults(ROLE + "tools: [{typ: shell}]"))
        .satisfiesExactlyInAnyOrder(
            missing -> assertThat(missing.toString()).contains(" tools[0].type: is missing"),
            unknown ->
                assertThat(unknown.toString())
                    .contains("3:10: tools[0].typ: is not a known key; did you mean type?"));
  }

  @Test
  void aPromptIsRequired() throws IOException {
    assertThat(faults("name: a\nmodel: gpt-5\n"))
        .singleElement()
        .asString()
        .contains("prompt: is missing");
    assertThat(faults("prompt: You build.\n"))
        .singleElement()
        .asString()
        .contains("name: is missing");
  }

  @Test
  void aVariableInThePromptIsRefused() throws IOException {
    assertThat(faults("name: a\nprompt: Hello {{ you }}\n"))
        .singleElement()
        .asString()
        .contains("has a {{variable}}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Team", "Flow", "Compose", "Service", "Pipeline", "TestSuite"})
  void anotherKindOfDocumentIsNamedInOneLine(String kind) throws IOException {
    assertThat(faults("kind: " + kind + "\nspec: {services: {}}\nagents: []\n"))
        .singleElement()
        .asString()
        .isEqualTo(
            file
                + ":1:7: kind: is another kind of document, got \""
                + kind
                + "\", allowed is Agent; this version runs single agents");
  }

  private Role load(String text) throws IOException {
    return SchemaOfRoles.load(Files.writeString(file, text));
  }

  private List<ConfigFault> faults(String text) throws IOException {
    Files.writeString(file, text);
    return Optional.ofNullable(
            catchThrowableOfType(ConfigException.class, () -> RoleLoader.load(file)))
        .orElseThrow()
        .faults();
  }
}

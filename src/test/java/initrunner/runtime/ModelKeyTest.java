package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.Role;
import initrunner.role.RoleLoader;
import initrunner.tool.ToolCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A variable that a role names as its model's key is a secret under any name.
class ModelKeyTest {

  private static final String KEY = "corp-llm-0123456789";

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sandbox: {backend: none}",
        "sandbox: {backend: bwrap, env_passthrough: [CORP_LLM_AUTH, TZ]}",
        "{sandbox: {backend: none}, tools: {sensitive_env_prefixes: [], sensitive_env_suffixes: [],"
            + " env_allowlist: [CORP_LLM_AUTH]}}",
      })
  void noCommandGetsIt(String security) throws IOException {
    Role role = role("security: " + (security.startsWith("{") ? security : "{" + security + "}"));
    Map<String, String> environment =
        Map.of("PATH", "/usr/bin:/bin", "CORP_LLM_AUTH", KEY, "OPENAI_API_KEY", KEY, "TZ", "UTC");

    try (Sandbox sandbox = Sandbox.of(role, environment);
        RoleRuntime runtime = RoleRuntime.open(role, sandbox, Optional.empty(), "run")) {
      assertThat(runtime.call(shell("printenv")).text())
          .contains("PATH=")
          .doesNotContain("CORP_LLM_AUTH", "OPENAI_API_KEY", KEY);
    }
  }

  @Test
  void noOutputShowsItWhereverItIsFrom() throws IOException {
    Role role = role("security: {sandbox: {backend: none}}");
    Map<String, String> environment =
        Map.of("PATH", "/usr/bin:/bin", "CORP_LLM_AUTH", KEY, "GROQ_API_KEY", "groq-9876543210");

    try (Sandbox sandbox = Sandbox.of(role, environment);
        RoleRuntime runtime = RoleRuntime.open(role, sandbox, Optional.empty(), "run")) {
      assertThat(runtime.call(shell("printf %s_%s " + KEY + " groq-9876543210")).text())
          .contains("[REDACTED]_[REDACTED]")
          .doesNotContain(KEY, "groq-9876543210");
      assertThat(runtime.redacted("the key is " + KEY)).isEqualTo("the key is [REDACTED]");
    }
  }

  /// `${USER}` in a header is not a secret.
  @Test
  void whatAHeaderTakesIsOneWhereItsNameSaysSo() throws IOException {
    Role role =
        role("security: {sandbox: {backend: none}}", ", extra_headers: {X: '${A_TOKEN} ${WHO}'}");
    Map<String, String> environment =
        Map.of("PATH", "/usr/bin:/bin", "A_TOKEN", "tenant-0123456789", "WHO", "somebody");

    try (Sandbox sandbox = Sandbox.of(role, environment);
        RoleRuntime runtime = RoleRuntime.open(role, sandbox, Optional.empty(), "run")) {
      assertThat(runtime.redacted("tenant-0123456789 of somebody"))
          .isEqualTo("[REDACTED] of somebody");
      assertThat(runtime.call(shell("printenv")).text())
          .contains("WHO=somebody")
          .doesNotContain("A_TOKEN");
    }
  }

  private static ToolCall shell(String command) {
    return new ToolCall("1", "run_shell", Map.of("command", command));
  }

  private Role role(String security) throws IOException {
    return role(security, "");
  }

  private Role role(String security, String model) throws IOException {
    return RoleLoader.load(
        Files.writeString(
            directory.resolve("role.yaml"),
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata: {name: an-agent}
            spec:
              role: You build.
              model: {provider: openai, name: m, api_key_env: CORP_LLM_AUTH%s}
              tools: [{type: shell}]
              %s
            """
                .formatted(model, security)));
  }
}

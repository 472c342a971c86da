package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.TransportException;
import initrunner.launch.LauncherUnavailableException;
import initrunner.role.Role;
import initrunner.role.RoleLoader;
import initrunner.role.tools.ShellSettings;
import initrunner.ssh.SshdExtension;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.tool.ToolResult.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RemoteRoleTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  /// One connection for all tests whose role differs only in its tool.
  private static Sandbox sandbox;

  @TempDir Path directory;
  private Recorded recorded;

  @BeforeAll
  static void connect() {
    sandbox = Sandbox.of(Roles.overSsh(sshd, Roles.SHELL), Map.of());
    sandbox.transport().open();
  }

  @AfterAll
  static void disconnect() {
    sandbox.close();
  }

  @BeforeEach
  void record() {
    recorded = new Recorded(directory);
  }

  @AfterEach
  void close() {
    recorded.close();
  }

  @Test
  void aCallRunsOnTheHostAndIsRecorded() {
    assertThat(shell(Roles.SHELL, "sh -c 'echo $SSH_CONNECTION; exit 7'").text())
        .startsWith("Exit code: 7\nSTDOUT:\n127.0.0.1 ");
    assertThat(recorded.lines().getFirst())
        .isEqualTo(
            "sandbox.start backend=ssh host=my-build-box argv0=sh tool=shell run=run1 call=ID");
    assertThat(recorded.lines().getLast())
        .startsWith(
            "sandbox.exec backend=ssh host=my-build-box argv0=sh rc=7 duration_ms=N ended=exited"
                + " tool=shell run=run1 call=ID stdout_bytes=");
  }

  @Test
  void commandsStartInRemoteCwdAndARelativeWorkingDirIsBelowIt() throws Exception {
    Files.createDirectories(sshd.home().resolve("sub dir"));
    Path home = sshd.home().toRealPath();
    assertThat(shell(Roles.SHELL, "pwd -P").text()).isEqualTo("STDOUT:\n" + home);
    assertThat(shell(Roles.shellIn("sub dir"), "pwd -P").text())
        .isEqualTo("STDOUT:\n" + home + "/sub dir");
    assertThat(shell(Roles.shellIn("~/sub dir"), "pwd -P").text())
        .isEqualTo("STDOUT:\n" + home + "/sub dir");
    assertThat(shell(Roles.shellIn("/"), "pwd -P").text()).isEqualTo("STDOUT:\n/");
  }

  @Test
  void aSecretOfTheRoleArrivesButIsInNoTextAndNoRecord() throws Exception {
    Role trusting = withSecret();
    String value = "hunter2-and-more";
    try (RoleRuntime runtime =
        RoleRuntime.open(
            trusting,
            Sandbox.of(trusting, Map.of("DEPLOY_TOKEN", value)),
            Optional.of(recorded.store()),
            "run1")) {
      ToolResult result =
          runtime.call(
              new ToolCall(
                  "c1",
                  "run_shell",
                  Map.of("command", "sh -c 'echo ${#DEPLOY_TOKEN} $DEPLOY_TOKEN.'")));
      assertThat(result.text()).isEqualTo("STDOUT:\n" + value.length() + " [REDACTED].");
    }
    assertThat(recorded.lines().getFirst()).endsWith(" call=ID secret_env=DEPLOY_TOKEN");
    assertThat(recorded.lines()).noneMatch(line -> line.contains("hunter2"));
  }

  @Test
  void aSecretThatIsNotSetIsSaidBeforeAnythingIsStarted() throws Exception {
    Role trusting = withSecret();
    assertThatThrownBy(() -> Sandbox.of(trusting, Map.of()))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessageContaining("secret_env names DEPLOY_TOKEN, which is not set");
  }

  private Role withSecret() throws Exception {
    return RoleLoader.load(
        Files.writeString(
            directory.resolve("role.yaml"),
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata:
              name: deployer
            spec:
              role: You deploy.
              tools:
                - type: shell
              security:
                sandbox:
                  backend: ssh
                  secret_env: [DEPLOY_TOKEN]
                  ssh:
                    host: %s
                    config_file: %s
            """
                .formatted(SshdExtension.HOST, sshd.configFile())));
  }

  @Test
  void anUnknownProgramIsNotFoundOnTheHost() {
    ToolResult result = shell(Roles.SHELL, "no-such-program-x");
    assertThat(result.status()).isEqualTo(Status.FAILED);
    assertThat(result.text())
        .startsWith(
            "Error: command 'no-such-program-x' not found on my-build-box\nExit code: 127\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A=1 rm -f precious",
        "eval 'rm -f precious'",
        "exec rm -f precious",
        "command rm -f precious",
        "if rm -f precious",
        "! rm -f precious",
        "\\rm -f precious",
        "env A=1 rm -f precious",
        "timeout 5 nice rm -f precious"
      })
  void aBlockedProgramDoesNotRunWhateverTheRemoteShellWouldMakeOfIt(String command)
      throws Exception {
    Path file = sshd.home().resolve("precious");
    Files.writeString(file, "x");
    assertThat(shell(Roles.SHELL, command).status()).isEqualTo(Status.REFUSED);
    assertThat(file).exists();
  }

  @Test
  void aBuiltinThatIsAllowedByNameIsStillNotTheShells() throws Exception {
    Path file = sshd.home().resolve("precious");
    Files.writeString(file, "x");
    ShellSettings allowed =
        new ShellSettings(
            List.of("eval", "exec"), List.of(), Optional.empty(), Duration.ofSeconds(30), 1000);
    assertThat(shell(allowed, "eval 'rm -f precious'").text()).contains("'eval' not found");
    assertThat(shell(allowed, "exec rm -f precious").text()).contains("'exec' not found");
    assertThat(file).exists();
  }

  @Test
  void secretsDoNotLeaveThisMachine() {
    Command command =
        Command.of("env")
            .withEnvironment(
                Map.of("OPENAI_API_KEY", "hunter2", "MY_TOKEN", "hunter2", "SAFE_VAR", "ok"));
    Captured output = new Captured(100_000);
    try (RoleRuntime runtime = open(Roles.overSsh(sshd, Roles.SHELL))) {
      runtime.exec(command, Limits.timeout(Duration.ofSeconds(30)), output);
    }
    assertThat(output.stdoutText())
        .contains("SAFE_VAR=ok")
        .doesNotContain("OPENAI_API_KEY", "MY_TOKEN", "hunter2");
  }

  @Test
  void theRolesOwnNamesOfSecretsCountThereToo() throws Exception {
    Role own =
        RoleLoader.load(
            Files.writeString(
                directory.resolve("own.yaml"),
                """
                name: builder
                prompt: You build.
                tools: [shell]
                security:
                  tools: {sensitive_env_prefixes: [CORP_], env_allowlist: [CORP_NAME]}
                  sandbox: {backend: ssh, ssh: {host: my-build-box, config_file: CONFIG}}
                """
                    .replace("CONFIG", sshd.configFile().toString())));
    Command command =
        Command.of("env")
            .withEnvironment(
                Map.of("CORP_A", "hunter2", "CORP_NAME", "acme", "OPENAI_ORG", "ours"));
    Captured output = new Captured(100_000);
    try (RoleRuntime runtime = open(own)) {
      runtime.exec(command, Limits.timeout(Duration.ofSeconds(30)), output);
    }
    assertThat(output.stdoutText())
        .contains("CORP_NAME=acme", "OPENAI_ORG=ours")
        .doesNotContain("hunter2");
  }

  @Test
  void aMissingDirectoryIsSaidBeforeAnythingIsStarted() {
    Role role =
        Roles.overSsh(SshdExtension.HOST, sshd, Optional.of("~/no such place"), Roles.SHELL);
    try (RoleRuntime runtime = open(role)) {
      assertThatThrownBy(runtime::preflight)
          .isInstanceOf(TransportException.class)
          .hasMessageStartingWith("commands cannot start in '~/no such place' on my-build-box: ")
          .extracting(thrown -> ((TransportException) thrown).remedy())
          .asString()
          .contains("remote_cwd");
    }
    assertThat(recorded.rows()).isEmpty();
  }

  @Test
  void theNextCallWorksAfterATimeout() {
    assertThat(shell(Roles.shell(Duration.ofMillis(1500), 1000), "sleep 60").text())
        .startsWith("Error: Execution timed out after 1.5s. ");
    assertThat(recorded.lines().getLast()).contains("rc=124", "ended=timed_out stop=");
    assertThat(shell(Roles.SHELL, "echo next").text()).isEqualTo("STDOUT:\nnext");
  }

  @Test
  void aHostThatCannotBeReachedIsToldAndRecorded() {
    Role role = Roles.overSsh("no-such-host.invalid", sshd, Optional.empty(), Roles.SHELL);
    try (RoleRuntime runtime = open(role)) {
      assertThatThrownBy(runtime::preflight).isInstanceOf(TransportException.class);
      ToolResult result = runtime.call(call("echo x"));
      assertThat(result.status()).isEqualTo(Status.NOT_STARTED);
      assertThat(result.text()).startsWith("Error: ").contains("Nothing was started.");
    }
    assertThat(recorded.lines().getFirst())
        .startsWith("sandbox.start backend=ssh host=no-such-host.invalid argv0=echo");
    assertThat(recorded.lines().getLast())
        .startsWith(
            "sandbox.exec backend=ssh host=no-such-host.invalid argv0=echo rc=125 duration_ms=N"
                + " ended=not_started reason=");
  }

  private ToolResult shell(ShellSettings settings, String command) {
    RoleRuntime runtime =
        RoleRuntime.open(
            Roles.overSsh(sshd, settings), sandbox, Optional.of(recorded.store()), "run1");
    return runtime.call(call(command));
  }

  private RoleRuntime open(Role role) {
    return RoleRuntime.open(role, Optional.of(recorded.store()), "run1");
  }

  private static ToolCall call(String command) {
    return new ToolCall("c1", "run_shell", Map.of("command", command));
  }
}

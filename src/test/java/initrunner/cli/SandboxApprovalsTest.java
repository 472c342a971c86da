package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.agent.ScriptedModel;
import initrunner.cli.console.ExitCodes;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What a person sees of a role with several sandboxes, and of a call that needs an approval in one
/// that is not the default.
class SandboxApprovalsTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static final Pattern RUN_ID = Pattern.compile("Run ([0-9a-f]{12}) waits");

  @TempDir private Path directory;
  private final ScriptedModel model =
      ScriptedModel.of(
          ScriptedModel.calls(
              new ScriptedModel.Call(
                  "call-1", "run_shell", "{\"command\": \"touch made\", \"sandbox\": \"gpu\"}")),
          ScriptedModel.text("Done."));
  private final Map<String, String> environment = new HashMap<>(model.environment());

  @BeforeEach
  void makeRole() throws IOException {
    environment.put("INITRUNNER_HOME", directory.resolve("home").toString());
    Files.copy(sshd.configFile(), configuration());
    Files.writeString(
        role(),
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata: {name: several}
        spec:
          role: You are brief.
          model: {provider: openai, name: gpt-5-mini}
          tools:
            - type: shell
              sandboxes: [here, gpu]
              approval: required
          security:
            sandboxes:
              default: here
              here: {backend: none}
              gpu: {backend: ssh, ssh: {host: my-build-box, config_file: CONFIG, remote_cwd: WORK}}
        """
            .replace("CONFIG", configuration().toString())
            .replace("WORK", Files.createDirectory(directory.resolve("work")).toString()));
  }

  @AfterEach
  void stopModel() {
    model.close();
  }

  private Path role() {
    return directory.resolve("role.yaml");
  }

  private Path configuration() {
    return directory.resolve("ssh_config");
  }

  private CapturedConsole ran(int status, String... args) {
    CapturedConsole console = CapturedConsole.of(environment);
    assertThat(console.run(args)).as(console.stderr()).isEqualTo(status);
    return console;
  }

  private String paused() {
    String said = ran(ExitCodes.PAUSED, "run", role().toString(), "-p", "Go.").stderr();
    assertThat(said).contains("\n  call-1  run_shell on gpu (my-build-box) {\"command\":");
    Matcher found = RUN_ID.matcher(said);
    assertThat(found.find()).isTrue();
    return found.group(1);
  }

  @Test
  void theRunWhatWaitsAndTheApprovalNameItsSandboxAndHost() {
    String id = paused();
    assertThat(ran(ExitCodes.OK, "runs").stdout()).doesNotContain("this machine");

    assertThat(ran(ExitCodes.OK, "pending").stdout())
        .contains("\n  on gpu (my-build-box) (backend ssh, launcher none, ")
        .contains("\n  call-1  run_shell on gpu (my-build-box) {\"command\":")
        .doesNotContain("here (this machine)");
    assertThat(ran(ExitCodes.OK, "pending", "--json").stdout())
        .contains("\"place\":\"gpu (my-build-box)\"")
        .contains("\"sandbox\":\"here\"", "\"sandbox\":\"gpu\"");

    assertThat(ran(ExitCodes.OK, "approve", id).stderr())
        .contains("On gpu (my-build-box) (backend ssh, ")
        .contains("  yes  call-1  run_shell on gpu (my-build-box) {")
        .doesNotContain("here (this machine)");
    assertThat(directory.resolve("work/made")).exists();
  }

  @Test
  void aSandboxWithTheNameOfItsHostIsNamedOnce() throws IOException {
    Files.writeString(role(), Files.readString(role()).replace("gpu", "my-build-box"));
    CapturedConsole console = CapturedConsole.withStdin("/host\n/quit\n", environment);

    assertThat(console.run("run", role().toString(), "-i")).isEqualTo(ExitCodes.OK);

    assertThat(console.stdout())
        .contains("\n  my-build-box (backend ssh, launcher none, config_file ")
        .doesNotContain("my-build-box (my-build-box)");
  }

  @Test
  void aSessionNamesEachSandbox() {
    CapturedConsole console = CapturedConsole.withStdin("/host\n/tools\n/quit\n", environment);

    assertThat(console.run("run", role().toString(), "-i")).isEqualTo(ExitCodes.OK);

    assertThat(console.stdout())
        .contains("tools act in several sandboxes, by default in here (this machine):\n")
        .contains("\n  here (this machine) (backend none), in ")
        .contains("\n  gpu (my-build-box) (backend ssh, launcher none, config_file ")
        .contains("\n    run_shell\n")
        .containsPattern("(?m)^run_shell +.* \\(in here, gpu\\)$")
        .containsPattern("(?m)^run_on +.* \\(in here, gpu\\)$");
  }

  @Test
  void aSessionSaysWhereItsCallsWere() throws IOException {
    Files.writeString(
        role(), Files.readString(role()).replace("approval: required", "approval: auto"));
    CapturedConsole console = CapturedConsole.withStdin("Go.\n/audit\n/quit\n", environment);

    assertThat(console.run("run", role().toString(), "-i")).isEqualTo(ExitCodes.OK);

    assertThat(console.stdout()).containsPattern("gpu        shell      touch          exit 0 ");
  }

  @Test
  void anAnswerIsNotUsedUpWhereTheSandboxOfItsCallCannotBeReached() {
    String id = paused();
    sshd.stop();
    try {
      assertThat(ran(ExitCodes.SANDBOX_UNAVAILABLE, "approve", id).stderr())
          .contains("Connection refused");
    } finally {
      sshd.start();
    }
    assertThat(ran(ExitCodes.OK, "pending").stdout()).contains(id);

    assertThat(ran(ExitCodes.OK, "approve", id).stdout()).contains("Done.");
    assertThat(directory.resolve("work/made")).exists();
  }

  @Test
  void theDescriptionOfARunHasTheNextStepForASandboxThatCannotBeReached() {
    sshd.stop();
    try {
      assertThat(ran(ExitCodes.OK, "run", role().toString(), "--dry-run").stdout())
          .contains("gpu (my-build-box), where its calls would fail: ssh probe to")
          .containsPattern("Connection refused\n +Check that sshd runs on that host");
    } finally {
      sshd.start();
    }
  }

  @Test
  void aNoCountsWhereTheSandboxOfItsCallCannotBeReached() {
    String id = paused();
    sshd.stop();
    try {
      assertThat(ran(ExitCodes.OK, "approve", id, "--deny").stdout()).contains("Done.");
    } finally {
      sshd.start();
    }
  }

  @Test
  void anotherHostInTheRoleIsSaidToBeTheRolesChange() throws IOException {
    String id = paused();
    Files.writeString(role(), Files.readString(role()).replace("host: my-", "host: other-"));

    assertThat(ran(ExitCodes.USAGE, "approve", id, "--changed-role").stderr())
        .contains("Restore the role's file, or go on there with --changed-role --changed-place")
        .doesNotContain("variables");
  }

  @Test
  void anotherHostOfItsSandboxIsNotWhatThePersonApproved() throws IOException {
    String id = paused();
    List<String> lines =
        Files.readAllLines(configuration()).stream()
            .map(line -> line.replaceFirst("Port .*", "Port 1"))
            .toList();
    Files.write(configuration(), lines);

    assertThat(ran(ExitCodes.USAGE, "approve", id).stderr())
        .contains("were to run on gpu (my-build-box) (", "now they would run on gpu (my-build-box)")
        .contains("--changed-place");
    assertThat(directory.resolve("work/made")).doesNotExist();
  }
}

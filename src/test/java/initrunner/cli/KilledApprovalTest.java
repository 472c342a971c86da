package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.agent.ScriptedModel;
import initrunner.cli.console.ExitCodes;
import initrunner.exec.ChildJvm;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A process that is killed between a run's pause and its end.
class KilledApprovalTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @TempDir private Path directory;

  @Test
  void aKillWhileTheCallRunsLosesNoRecordAndMakesNothingTwice() throws Exception {
    RemoteAgent agent = new RemoteAgent(sshd, directory, directory);
    String role = agent.role("- {type: shell, approval: required}", "").toString();
    Path started = directory.resolve("started");
    assertThat(new ProcessBuilder("mkfifo", started.toString()).start().waitFor()).isZero();
    String command = "sh -c 'echo x >> runs; echo $$ > " + started + "; exec sleep 1000'";
    try (ScriptedModel server =
        ScriptedModel.of(ScriptedModel.shell(command), ScriptedModel.text("never"))) {
      Map<String, String> environment = new HashMap<>(server.environment());
      environment.put("INITRUNNER_HOME", directory.resolve("home").toString());
      CapturedConsole run = CapturedConsole.of(environment);
      assertThat(run.run("run", role, "-p", "Go.")).isEqualTo(ExitCodes.PAUSED);
      String runId = run.stderr().replaceAll("(?s).*?Run ([0-9a-f]{12}) waits.*", "$1");

      Process approving = approve(environment, runId);
      long remote = Long.parseLong(Files.readString(started).strip());
      approving.destroyForcibly().waitFor();
      CapturedConsole again = CapturedConsole.of(environment);

      assertThat(again.run("approve", runId)).isEqualTo(ExitCodes.FAILED);
      assertThat(again.stderr())
          .contains("run " + runId + " was answered already", "not made a second time");
      assertThat(directory.resolve("runs")).hasContent("x");
      assertThat(directory.resolve("home/paused/" + runId + ".decided"))
          .content()
          .contains("exec sleep 1000");
      assertThat(agent.events())
          .as("a start without its end: it may have run")
          .singleElement()
          .satisfies(row -> {
            assertThat(row.eventType()).isEqualTo("sandbox.start");
            assertThat(row.details()).contains("run=" + runId);
          });
      ProcessHandle.of(remote).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  private Process approve(Map<String, String> environment, String runId) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(ChildJvm.initrunner(List.of(), "approve", runId))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(environment);
    return builder.start();
  }
}

package initrunner.door.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.audit.AuditQuery;
import initrunner.cli.RemoteAgent;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The ways in which a client ends `initrunner mcp`, in every order, while a command runs on a real
/// sshd.
class ServerEndTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "close",
    "TERM",
    "INT",
    "HUP",
    "close TERM",
    "TERM close",
    "INT TERM HUP",
    "HUP INT close",
    "close INT TERM",
  })
  void theServerStopsItsCommandsProvesItAndEnds(String ends) throws Exception {
    Path work = Files.createDirectory(directory.resolve("work"));
    Path role = new RemoteAgent(sshd, directory, work).role("- type: shell", "");
    PipedServer server =
        PipedServer.start(
            Map.of("INITRUNNER_HOME", directory.resolve("home").toString()),
            "mcp",
            role.toString());
    server.initialize();
    server.call("1", "sh -c 'echo $$ > pid; trap : TERM INT HUP; while :; do sleep 0.1; done'");
    long command = pid(work.resolve("pid"));

    for (String end : ends.split(" ", -1)) {
      if (end.equals("close")) {
        server.requests().close();
      } else {
        kill(end, server.process().pid());
      }
    }

    assertThat(server.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(server.answers().readLine()).isNull();
    assertThat(ProcessHandle.of(command)).isEmpty();
    assertThat(
            new AuditQuery(Optional.of("sandbox.exec"), Optional.empty(), Optional.empty(), 10)
                .run(directory.resolve("home/audit.db")))
        .anySatisfy(row -> assertThat(row.details()).contains(" ended=cancelled stop=stopped "));
  }

  private static void kill(String signal, long pid) throws Exception {
    new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor();
  }

  private static long pid(Path file) throws IOException, InterruptedException {
    for (int i = 0; i < 400; i++) {
      if (Files.exists(file) && Files.size(file) > 0) {
        return Long.parseLong(Files.readString(file).strip());
      }
      Thread.sleep(50);
    }
    throw new AssertionError("the command has not begun");
  }
}

package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.Lost;
import initrunner.exec.Limits;
import initrunner.ssh.process.SshProcessTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What the client wrote of a call, by which it is known whether the command was sent, is gone.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SshProcessLogTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static Ended run(SshProcessTransport transport, String script) {
    return transport
        .run(Command.of("sh", "-c", script), Limits.unbounded(), new Captured(10))
        .ended();
  }

  @Test
  void aCommandOfWhichNothingIsKnownMayHaveRunAndIsNotStartedAgain() throws IOException {
    Path ran = sshd.home().resolve("ran");
    try (SshProcessTransport transport = new SshProcessTransport(sshd.target())) {
      transport.open();
      Path directory = OwnMasters.controlSocket().resolveSibling("");
      assertThat(run(transport, "echo >>" + ran + "; rm " + directory + "/*.log; exit 4"))
          .isInstanceOf(Lost.class);
      assertThat(ran).hasContent("\n");
      assertThat(run(transport, "exit 3")).isEqualTo(new Exited(3));
    }
  }

  @Test
  void aCallWhoseDirectoryIsGoneConnectsAnew() throws IOException {
    try (SshProcessTransport transport = new SshProcessTransport(sshd.target())) {
      transport.open();
      Path directory = OwnMasters.controlSocket().resolveSibling("");
      Path elsewhere = directory.resolveSibling("irt-moved-" + System.nanoTime());
      Files.move(directory, elsewhere);
      assertThat(run(transport, "exit 3")).isEqualTo(new Exited(3));
      Files.move(elsewhere, directory);
    }
  }
}

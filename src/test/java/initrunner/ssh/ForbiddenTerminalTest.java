package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Limits;
import initrunner.exec.Stdin;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.transport.Transport;
import initrunner.ssh.process.SshProcessTransport;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A server that gives no terminals would run a command without one.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ForbiddenTerminalTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension("PermitTTY no");

  @Test
  void theCommandDoesNotRunAndOtherCallsGoOn() {
    refuses(new SshTransport(sshd.target()));
  }

  @Test
  void theCommandDoesNotRunByAProcessOfItsOwnEither() {
    refuses(new SshProcessTransport(sshd.target()));
  }

  private static void refuses(Transport transport) {
    Path made = sshd.home().resolve("made");
    Stdin.Terminal terminal =
        new Stdin.Terminal("vt100", InputStream.nullInputStream(), new Stdin.Terminal.Size(80, 24));
    try (transport) {
      Captured captured = new Captured(1000);
      Command touch = Command.of("touch", made.toString()).withStdin(terminal);
      for (int i = 0; i < 3; i++) {
        assertThatExceptionOfType(TransportException.class)
            .isThrownBy(() -> transport.run(touch, Limits.unbounded(), captured))
            .matches(refusal -> refusal.kind() == Kind.FORBIDDEN);
        assertThat(transport.run(Command.of("true"), Limits.unbounded(), captured).ended())
            .isEqualTo(new Exited(0));
      }
    }
    assertThat(made).doesNotExist();
  }
}

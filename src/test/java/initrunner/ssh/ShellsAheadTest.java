package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.transport.Transport;
import initrunner.exec.transport.TransportContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A command that a waiting shell runs is a command like any other.
class ShellsAheadTest extends TransportContract {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static ShellsAhead transport;

  @BeforeAll
  static void open() {
    transport = new ShellsAhead(new SshTransport(sshd.target()), sshd);
    transport.open();
  }

  @AfterAll
  static void close() {
    transport.close();
    assertThat(transport.found()).isGreaterThan(10);
  }

  @Override
  protected Transport transport() {
    return transport;
  }

  @Override
  protected Path workDirectory() {
    return sshd.home();
  }
}

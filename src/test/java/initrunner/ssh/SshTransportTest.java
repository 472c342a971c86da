package initrunner.ssh;

import initrunner.exec.Transport;
import initrunner.exec.TransportContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SshTransportTest extends TransportContract {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static SshTransport transport;

  @BeforeAll
  static void open() {
    transport = new SshTransport(sshd.target());
    transport.open();
  }

  @AfterAll
  static void close() {
    transport.close();
  }

  @Override
  protected Transport transport() {
    return transport;
  }

  @Override
  protected Path workDirectory() {
    return sshd.home();
  }

  @Test
  void aBackgroundChildThatPrintsNowAndThenDoesNotMakeTheCommandLast() {
    assertThatAChildThatPrintsNowAndThenKeepsNoCall();
  }
}

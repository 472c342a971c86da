package initrunner.ssh.process;

import initrunner.exec.Ended;
import initrunner.exec.OutputEnd;
import initrunner.exec.transport.Transport;
import initrunner.exec.transport.TransportContract;
import initrunner.ssh.SshdExtension;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

class SshProcessTransportTest extends TransportContract {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static SshProcessTransport transport;

  @BeforeAll
  static void open() {
    transport = new SshProcessTransport(sshd.target());
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

  /// The client program does not tell which signal it was.
  @Override
  protected Ended killedBy(String signal, int number) {
    return new Ended.Signaled("unknown");
  }

  /// The client program ends only when everybody has let go of the output.
  @Override
  protected List<OutputEnd> outputOfACommandWithABackgroundChild() {
    return List.of(OutputEnd.COMPLETE);
  }
}

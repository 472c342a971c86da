package initrunner.ssh;

import initrunner.exec.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.core.CoreModuleProperties;

/// Apache MINA SSHD's client. It gives its output to a stream of ours as it comes, and takes its
/// input on a stream of its own, the faster way of two.
final class MinaContender implements Contender {

  private final Server server;
  private final SshClient client = SshClient.setUpDefaultClient();
  private Optional<ClientSession> session = Optional.empty();

  MinaContender(Server server) {
    this.server = server;
  }

  @Override
  public String name() {
    return "Apache MINA SSHD 2.20";
  }

  @Override
  public void connect() throws Exception {
    client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
    client.setKeyIdentityProvider(new FileKeyPairProvider(server.key()));
    CoreModuleProperties.TCP_NODELAY.set(client, true);
    client.start();
    ClientSession made =
        client.connect(server.user(), "127.0.0.1", server.port()).verify(10_000).getSession();
    made.auth().verify(10_000);
    session = Optional.of(made);
  }

  @Override
  public long run(Command command, InputStream stdin) throws Exception {
    try (ChannelExec channel = session.orElseThrow().createExecChannel(Contender.line(command))) {
      Counted output = new Counted();
      channel.setOut(output);
      channel.open().verify(10_000);
      if (!stdin.equals(EngineContender.NO_INPUT)) {
        try (OutputStream in = channel.getInvertedIn()) {
          Contender.pump(stdin, in);
        }
      }
      channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), Duration.ofSeconds(60));
      Integer status = channel.getExitStatus();
      if (status == null) {
        throw new IOException("no exit status");
      }
      Contender.requireZero(status);
      return output.bytes();
    }
  }

  @Override
  public void close() {
    client.stop();
  }
}

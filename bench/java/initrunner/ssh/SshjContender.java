package initrunner.ssh;

import initrunner.exec.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.connection.channel.direct.Session;
import net.schmizz.sshj.transport.verification.PromiscuousVerifier;

/// hierynomus/sshj.
final class SshjContender implements Contender {

  private final Server server;
  private final SSHClient client = new SSHClient();

  SshjContender(Server server) {
    this.server = server;
  }

  @Override
  public String name() {
    return "sshj 0.40";
  }

  @Override
  public void connect() throws Exception {
    client.addHostKeyVerifier(new PromiscuousVerifier());
    client.setSocketFactory(new WithoutDelay());
    client.connect("127.0.0.1", server.port());
    client.authPublickey(server.user(), server.key().toString());
  }

  @Override
  public long run(Command command, InputStream stdin) throws Exception {
    try (Session session = client.startSession();
        Session.Command running = session.exec(Contender.line(command))) {
      if (!stdin.equals(EngineContender.NO_INPUT)) {
        try (OutputStream out = running.getOutputStream()) {
          Contender.pump(stdin, out);
        }
      }
      long bytes = Contender.drain(running.getInputStream());
      running.join(60, TimeUnit.SECONDS);
      Integer status = running.getExitStatus();
      if (status == null) {
        throw new IOException("no exit status");
      }
      Contender.requireZero(status);
      return bytes;
    }
  }

  @Override
  public void close() throws IOException {
    client.disconnect();
  }

  /// sshj connects the sockets itself.
  private static final class WithoutDelay extends SocketFactory {

    @Override
    public Socket createSocket() throws IOException {
      Socket socket = new Socket();
      socket.setTcpNoDelay(true);
      return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) {
      throw new UnsupportedOperationException();
    }
  }
}

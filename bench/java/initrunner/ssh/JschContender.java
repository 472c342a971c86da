package initrunner.ssh;

import initrunner.exec.Command;
import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.Session;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/// mwiede/jsch. It gives its output to a stream of ours as it comes; its packets and windows have
/// fixed sizes.
final class JschContender implements Contender {

  private static final int CLOSED_ATTEMPTS = 10_000;

  private final Server server;
  private Optional<Session> session = Optional.empty();

  JschContender(Server server) {
    this.server = server;
  }

  @Override
  public String name() {
    return "jsch 2.28";
  }

  @Override
  public void connect() throws Exception {
    JSch jsch = new JSch();
    jsch.addIdentity(server.key().toString());
    Session made = jsch.getSession(server.user(), "127.0.0.1", server.port());
    made.setConfig("StrictHostKeyChecking", "no");
    // Its own list lacks one that it has.
    for (String direction : List.of("cipher.c2s", "cipher.s2c")) {
      made.setConfig(direction, "chacha20-poly1305@openssh.com,aes128-gcm@openssh.com");
    }
    made.connect(10_000);
    session = Optional.of(made);
  }

  @Override
  public long run(Command command, InputStream stdin) throws Exception {
    ChannelExec channel = (ChannelExec) session.orElseThrow().openChannel("exec");
    try {
      channel.setCommand(Contender.line(command));
      if (!stdin.equals(EngineContender.NO_INPUT)) {
        channel.setInputStream(stdin);
      }
      Counted output = new Counted();
      channel.setOutputStream(output);
      channel.connect(10_000);
      output.awaitClose();
      for (int i = 0; i < CLOSED_ATTEMPTS && !channel.isClosed(); i++) {
        Thread.sleep(0, 100_000);
      }
      if (channel.getExitStatus() < 0) {
        throw new IOException("no exit status");
      }
      Contender.requireZero(channel.getExitStatus());
      return output.bytes();
    } finally {
      channel.disconnect();
    }
  }

  @Override
  public void close() {
    session.ifPresent(Session::disconnect);
  }
}

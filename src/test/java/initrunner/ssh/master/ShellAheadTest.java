package initrunner.ssh.master;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.ssh.client.SshTarget;
import initrunner.ssh.mux.MuxSocket;
import initrunner.ssh.mux.OpeningChannel;
import initrunner.ssh.mux.Patience;
import initrunner.ssh.mux.SessionRequests;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of a channel that was asked for ahead of need, under a master that says what the
/// test wants.
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class ShellAheadTest {

  private static final String AGREED = "00000008 00000001 00000004 00000008 8000000f 00000000";
  private static final String OPENED = "00000012 00 5b 00000000 00000007 00200000 00008000";

  @TempDir Path directory;

  private final MasterPool pool =
      MasterPool.forChannels(SshTarget.of("nowhere"), Map.of(), Optional.empty());

  @Test
  void aShellIsStartedAlsoOnAChannelThatTheServerOpensLate() throws Exception {
    PrivateDirectory own = PrivateDirectory.createIn(directory);
    Path path = Master.controlPath(own);
    try (own;
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path));
      PooledMaster owner = master(own);
      MuxSocket socket = MuxSocket.connect(path, Patience.endless());
      try (SocketChannel master = listener.accept()) {
        say(master, AGREED);
        assertThat(pool.lock().locked(owner::reserve)).isTrue();
        pool.keepSpare(owner, OpeningChannel.ask(socket, 0));
        owner.shellAhead().startSoon(pool);
        // The spare is looked at after 20 ms without a call: it is not open then.
        Thread.sleep(200);
        say(master, OPENED);
        assertThat(heardUpTo("read -r initrunner_line", master)).contains("exec");
      } finally {
        pool.lock().withLock(owner::masterEnded);
      }
    }
  }

  private static void say(SocketChannel master, String frames) throws IOException {
    master.write(ByteBuffer.wrap(HexFormat.of().parseHex(frames.replace(" ", ""))));
  }

  /// Reads until this was said, or until the socket is closed.
  private static String heardUpTo(String words, SocketChannel master) throws IOException {
    StringBuilder heard = new StringBuilder();
    ByteBuffer bytes = ByteBuffer.allocate(4096);
    while (heard.indexOf(words) < 0 && master.read(bytes) >= 0) {
      heard.append(StandardCharsets.ISO_8859_1.decode(bytes.flip()));
      bytes.clear();
    }
    return heard.toString();
  }

  private PooledMaster master(PrivateDirectory own) {
    return new PooledMaster(Masters.without(own), SessionRequests.NONE, pool.lock());
  }
}

package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Another process listens where the master did, and talks nonsense. No command has reached a host
/// by it; so every call goes to another master, and those on the true one are left alone.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GarbageMasterTest {

  private static final String AGREED = "00000008 00000001 00000004 00000008 8000000f 00000000";

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ffffffff ffffffff",
        "00000008 00000001 00000009",
        AGREED,
        AGREED + "7fffffff 00 5b",
        AGREED + "00000006 00 01 00000000",
        AGREED + "00000012 00 5b 00000000",
        AGREED + "00000006 00 61 00000000",
        AGREED + "0000000e 00 5e 00000000 7fffffff 41414141",
      })
  void aMasterOfNonsenseCostsNoCall(String nonsense) throws Exception {
    try (CallsInFlight calls = new CallsInFlight();
        SshTransport transport = new SshTransport(sshd.target())) {
      transport.open();
      Path goOn = sshd.home().resolve("go-on-" + System.nanoTime());
      List<Future<Outcome>> before =
          calls.begin(transport, 1, "until [ -e " + goOn + " ]; do sleep 0.1; done; exit 5");
      try (Nonsense listener = new Nonsense(OwnMasters.controlSocket(), nonsense)) {
        List<Future<Ended>> during = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
          during.add(calls.submit(() -> run(transport, "sleep 0.2; exit 6")));
        }
        for (Future<Ended> call : during) {
          assertThat(call.get()).isEqualTo(new Exited(6));
        }
        assertThat(listener.heard()).isPositive();
      }
      Files.createFile(goOn);
      assertThat(CallsInFlight.ends(before)).containsOnly(new Exited(5));
    }
  }

  private static Ended run(SshTransport transport, String script) {
    Limits limits = Limits.timeout(Duration.ofSeconds(40));
    return transport.run(Command.of("sh", "-c", script), limits, new Captured(10)).ended();
  }

  /// Says the same to everybody who connects, and hangs up.
  private static final class Nonsense implements AutoCloseable {
    private final ServerSocketChannel listener;
    private final byte[] said;
    private final AtomicInteger heard = new AtomicInteger();

    Nonsense(Path controlSocket, String hexadecimal) throws IOException {
      said = HexFormat.of().parseHex(hexadecimal.replace(" ", ""));
      Files.delete(controlSocket);
      listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      listener.bind(UnixDomainSocketAddress.of(controlSocket));
      Thread.ofPlatform().daemon().start(this::serve);
    }

    int heard() {
      return heard.get();
    }

    private void serve() {
      while (listener.isOpen()) {
        try (SocketChannel peer = listener.accept()) {
          heard.incrementAndGet();
          peer.write(ByteBuffer.wrap(said));
        } catch (IOException goneOrClosed) {
          // The next one, if there is to be any.
        }
      }
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }
}

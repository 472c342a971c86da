package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.ssh.mux.MasterControl;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A master that was logged in and then gives no proxy. Only one that says that it has none makes
/// calls take another way; what may pass does not.
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class RefusedProxyTest {

  private static final String HELLO = "00000008 00000001 00000004";
  private static final String NO_PROXY = "0000000c 80000003 00000000 00000000";
  private static final int ALIVE_CHECK = 0x10000004;
  private static final int PROXY = 0x1000000f;

  @RegisterExtension
  static final SshdExtension sshd =
      new SshdExtension(
          "ForceCommand touch $HOME/there; until [ -e $HOME/go ]; do sleep 0.1; done;"
              + " eval \"$SSH_ORIGINAL_COMMAND\"");

  @ParameterizedTest
  @CsvSource({
    "'" + NO_PROXY + "', NO_MULTIPLEXING",
    "'00000008 00000001', LINK_DOWN",
    "'', LINK_DOWN"
  })
  void onlyAMasterThatSaysSoHasNone(String answer, Kind expected) throws Exception {
    Path there = sshd.home().resolve("there");
    Path go = sshd.home().resolve("go");
    Files.deleteIfExists(there);
    Files.deleteIfExists(go);
    try (Impostor impostor = new Impostor(answer);
        SshTransport transport = new SshTransport(sshd.target())) {
      FutureTask<Void> opening =
          new FutureTask<>(() -> {
            transport.open();
            return null;
          });
      Thread.ofPlatform().start(opening);
      awaitFile(there);
      impostor.takePlaceOf(OwnMasters.controlSocket());
      Files.createFile(go);
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(opening::get)
          .satisfies(e ->
              assertThat(e.getCause())
                  .asInstanceOf(InstanceOfAssertFactories.type(TransportException.class))
                  .extracting(TransportException::kind)
                  .isEqualTo(expected));
    }
    sshd.awaitNoClients();
  }

  /// Close bounds its wait for a call that it does not reach: that is longer than this test may
  /// take.
  @Test
  void closingStopsACallThatHasTakenTheOtherWay() throws Exception {
    Path there = sshd.home().resolve("there");
    Path go = sshd.home().resolve("go");
    Path runs = sshd.home().resolve("runs");
    Files.deleteIfExists(there);
    Files.deleteIfExists(go);
    Command command = Command.of("sh", "-c", "touch " + runs + "; exec sleep 60");
    try (Impostor impostor = new Impostor(NO_PROXY)) {
      OpenSshTransport transport = new OpenSshTransport(sshd.target());
      FutureTask<Outcome> call =
          new FutureTask<>(() -> transport.run(command, Limits.unbounded(), new Captured(100)));
      Thread.ofPlatform().start(call);
      awaitFile(there);
      impostor.takePlaceOf(OwnMasters.controlSocket());
      Files.createFile(go);
      awaitFile(runs);
      transport.close();
      assertThat(call.get().ended()).isEqualTo(new Ended.Cancelled(Stop.STOPPED));
    }
    sshd.awaitNoClients();
  }

  private static void awaitFile(Path file) throws InterruptedException {
    while (!Files.exists(file)) {
      Thread.sleep(5);
    }
  }

  /// Listens in a master's place and says that it is that process.
  private static final class Impostor implements AutoCloseable {
    private final ServerSocketChannel listener;
    private final String answer;
    private volatile long pid;

    Impostor(String answer) throws IOException {
      this.answer = answer;
      listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    }

    void takePlaceOf(Path controlSocket) throws IOException {
      pid = MasterControl.pid(controlSocket, Duration.ofSeconds(10)).orElseThrow();
      Files.delete(controlSocket);
      listener.bind(UnixDomainSocketAddress.of(controlSocket));
      Thread.ofPlatform().daemon().start(this::serve);
    }

    private void serve() {
      while (listener.isOpen()) {
        try (SocketChannel peer = listener.accept()) {
          answer(peer);
        } catch (IOException goneOrClosed) {
          // The next one, if there is to be any.
        }
      }
    }

    private void answer(SocketChannel peer) throws IOException {
      ByteBuffer asked = ByteBuffer.allocate(24);
      while (asked.hasRemaining() && peer.read(asked) >= 0) {
        LockSupport.parkNanos(1_000_000);
      }
      String said =
          switch (asked.getInt(16)) {
            case ALIVE_CHECK -> HELLO + "0000000c 80000005 00000000 %08x".formatted(pid);
            case PROXY -> HELLO + answer;
            default -> "";
          };
      peer.write(ByteBuffer.wrap(HexFormat.of().parseHex(said.replace(" ", ""))));
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }
}

package initrunner.ssh.mux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.exec.transport.Deadline;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A control socket whose owner is busy, or gone.
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class MasterControlTest {

  @TempDir Path directory;

  private static SocketChannel connectOnce(Path path) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.configureBlocking(false);
    channel.connect(UnixDomainSocketAddress.of(path));
    return channel;
  }

  /// Connects until the queue has no room left.
  private static List<SocketChannel> fill(Path path) {
    List<SocketChannel> waiting = new ArrayList<>();
    try {
      while (true) {
        waiting.add(connectOnce(path));
      }
    } catch (IOException full) {
      return waiting;
    }
  }

  @Test
  void aMasterWhoseQueueIsFullIsWaitedFor() throws Exception {
    Path path = directory.resolve("s");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path), 1);
      List<SocketChannel> waiting = fill(path);
      FutureTask<SocketChannel> connecting =
          new FutureTask<>(() -> MasterControl.connect(path, Patience.endless()));
      Thread caller = Thread.ofPlatform().start(connecting);
      while (caller.getState() != Thread.State.TIMED_WAITING && !connecting.isDone()) {
        LockSupport.parkNanos(1_000_000);
      }
      assertThat(connecting.isDone()).isFalse();

      listener.accept().close();
      connecting.get().close();
      for (SocketChannel each : waiting) {
        each.close();
      }
    }
  }

  @Test
  void aMasterWhoseQueueStaysFullIsWaitedForNoLongerThanTheCallerIsPatient() throws Exception {
    Path path = directory.resolve("s");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path), 1);
      List<SocketChannel> waiting = fill(path);
      AtomicInteger asked = new AtomicInteger();
      List<Patience> ended =
          List.of(
              Patience.of(Duration.ZERO),
              Patience.of(Duration.ofMillis(20)),
              new Patience(Deadline.NEVER, () -> asked.incrementAndGet() == 3));
      for (Patience patience : ended) {
        assertThatExceptionOfType(InterruptedIOException.class)
            .isThrownBy(() -> MasterControl.connect(path, patience).close());
      }
      assertThat(asked).hasValue(3);
      for (SocketChannel each : waiting) {
        each.close();
      }
    }
  }

  @Test
  void anInterruptEndsTheWaitForAMasterWhoseQueueIsFull() throws Exception {
    Path path = directory.resolve("s");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path), 1);
      List<SocketChannel> waiting = fill(path);
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(InterruptedIOException.class)
          .isThrownBy(() -> MasterControl.connect(path, Patience.endless()).close());
      assertThat(Thread.interrupted()).isTrue();
      for (SocketChannel each : waiting) {
        each.close();
      }
    }
  }

  @Test
  void aSocketThatNobodyListensOnAnyMoreIsNot() throws Exception {
    Path path = directory.resolve("s");
    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(path))
        .close();
    assertThat(path).exists();
    assertThatExceptionOfType(SocketException.class)
        .isThrownBy(() -> MasterControl.connect(path, Patience.endless()).close());
  }

  @Test
  void aMasterThatClosesInPlaceOfAnAnswerEnds() throws Exception {
    Path path = directory.resolve("s");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path));
      FutureTask<Boolean> ending =
          new FutureTask<>(() -> MasterControl.terminate(path, Duration.ofSeconds(20)));
      Thread.ofPlatform().start(ending);
      try (SocketChannel master = listener.accept()) {
        ByteBuffer question = ByteBuffer.allocate(24);
        while (question.hasRemaining()) {
          master.read(question);
        }
        master.write(ByteBuffer.allocate(12).putInt(8).putInt(1).putInt(4).flip());
      }
      assertThat(ending.get()).isTrue();
    }
  }
}

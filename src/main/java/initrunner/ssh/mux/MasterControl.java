package initrunner.ssh.mux;

import initrunner.ssh.client.NoSocketException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// What can be asked of a master on its control socket besides sessions (OpenSSH `PROTOCOL.mux`):
/// what `ssh -O check` and `ssh -O exit` ask, without a process for it.
///
/// Stateless; safe for many threads. Each question has a connection of its own, waits for the
/// answer up to the bound, and counts as unanswered when the thread is interrupted, whose flag
/// stays set.
public final class MasterControl {

  public static final int MUX_MSG_HELLO = 0x00000001;
  public static final int MUX_VERSION = 4;

  private static final int MUX_C_ALIVE_CHECK = 0x10000004;
  private static final int MUX_C_TERMINATE = 0x10000005;
  private static final int MUX_S_OK = 0x80000001;
  private static final int MUX_S_ALIVE = 0x80000005;
  private static final int REQUEST_ID = 0;
  private static final int MAX_FRAME_BYTES = 4096;

  /// A master that takes no connection for so long is of no use.
  private static final long FULL_QUEUE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final long CONNECT_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private MasterControl() {}

  /// Loads what the first question needs, while a caller waits for a master: that question then
  /// takes 10 ms less.
  public static void prepare() {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Selector selector = Selector.open()) {
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
      int ignored = selector.selectNow();
    } catch (IOException theQuestionFailsToo) {
      // It is reported there.
    }
  }

  /// The process id of the master, if it answers.
  public static OptionalLong pid(Path controlPath, Duration bound) {
    return ask(controlPath, MUX_C_ALIVE_CHECK, bound)
        .filter(answer -> answer.remaining() == 12 && answer.getInt(0) == MUX_S_ALIVE)
        .map(answer -> OptionalLong.of(Integer.toUnsignedLong(answer.getInt(8))))
        .orElse(OptionalLong.empty());
  }

  /// Tells the master to end, and every connection on it with it.
  ///
  /// @return whether it does: it has said so, or ended before that could be sent, as OpenSSH's does
  ///   (`mux_master_process_terminate` in `mux.c`)
  public static boolean terminate(Path controlPath, Duration bound) {
    return ask(controlPath, MUX_C_TERMINATE, bound)
        .filter(answer ->
            !answer.hasRemaining() || (answer.remaining() == 8 && answer.getInt(0) == MUX_S_OK))
        .isPresent();
  }

  /// Connects, without blocking mode, in which an interrupt would close the socket. ssh's listening
  /// socket has a short queue; a burst of callers finds it full for a moment.
  ///
  /// @throws NoSocketException if this process can have no socket
  /// @throws InterruptedIOException if the queue stays full until the patience is at its end or the
  ///   thread is interrupted (whose flag stays set)
  /// @throws IOException if nothing listens there, or the queue stays full for longer than a
  ///   working master leaves it
  static SocketChannel connect(Path controlPath, Patience patience) throws IOException {
    long begin = System.nanoTime();
    while (true) {
      SocketChannel channel = socket();
      try {
        channel.configureBlocking(false);
        channel.connect(UnixDomainSocketAddress.of(controlPath));
        return channel;
      } catch (SocketException e) {
        channel.close();
        // The message for a full queue depends on the system and its locale.
        boolean mayBeFull =
            !(e instanceof ConnectException || e instanceof BindException)
                && Files.exists(controlPath);
        if (!mayBeFull || System.nanoTime() - begin > FULL_QUEUE_NANOS) {
          throw e;
        }
      }
      if (patience.isOver()) {
        throw new InterruptedIOException("the master has not taken the connection in time");
      }
      LockSupport.parkNanos(Math.min(CONNECT_PAUSE_NANOS, patience.nanos()));
    }
  }

  private static SocketChannel socket() throws NoSocketException {
    try {
      return SocketChannel.open(StandardProtocolFamily.UNIX);
    } catch (IOException e) {
      throw new NoSocketException(e);
    }
  }

  /// The answer, which is empty from a master that has closed the socket in place of giving one.
  private static Optional<ByteBuffer> ask(Path controlPath, int request, Duration bound) {
    Patience patience = Patience.of(bound);
    try (SocketChannel channel = connect(controlPath, patience);
        Selector selector = Selector.open()) {
      ByteBuffer question = ByteBuffer.allocate(24);
      question.putInt(8).putInt(MUX_MSG_HELLO).putInt(MUX_VERSION);
      question.putInt(8).putInt(request).putInt(REQUEST_ID);
      channel.write(question.flip());
      channel.register(selector, SelectionKey.OP_READ);
      ByteBuffer received = ByteBuffer.allocate(MAX_FRAME_BYTES);
      ByteBuffer hello = frame(channel, selector, received, patience);
      return hello.remaining() >= 8
              && hello.getInt(0) == MUX_MSG_HELLO
              && hello.getInt(4) == MUX_VERSION
          ? Optional.of(frame(channel, selector, received, patience))
          : Optional.empty();
    } catch (IOException noAnswer) {
      return Optional.empty();
    }
  }

  /// The next frame, taken out of what was received; an empty one at the end.
  private static ByteBuffer frame(
      SocketChannel channel, Selector selector, ByteBuffer received, Patience patience)
      throws IOException {
    while (true) {
      if (received.position() >= Integer.BYTES) {
        int length = received.getInt(0);
        if (length < Integer.BYTES || length > MAX_FRAME_BYTES - Integer.BYTES) {
          throw new ProtocolException("a frame of " + Integer.toUnsignedString(length) + " bytes");
        }
        if (received.position() >= Integer.BYTES + length) {
          byte[] frame = new byte[length];
          received.flip().position(Integer.BYTES).get(frame);
          received.compact();
          return ByteBuffer.wrap(frame);
        }
      }
      if (patience.isOver()) {
        throw new InterruptedIOException("no answer on the control socket");
      }
      selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(patience.nanos())));
      selector.selectedKeys().clear();
      if (channel.read(received) < 0) {
        return ByteBuffer.allocate(0);
      }
    }
  }
}

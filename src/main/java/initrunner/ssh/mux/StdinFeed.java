package initrunner.ssh.mux;

import initrunner.exec.Stdin;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// A command's input in pieces, ready without waiting. A virtual thread reads a stream ahead into
/// two arrays in turn; it ends with the stream or with [#close].
final class StdinFeed implements AutoCloseable {

  /// A source that fills its array gets one of twice the size, up to where the hand-over between
  /// the threads costs little beside the copying.
  private static final int FIRST_PIECE_BYTES = 32 * 1024;

  static final int MAX_PIECE_BYTES = 256 * 1024;
  static final int PIECES = 2;

  private final BlockingQueue<ByteBuffer> ready = new ArrayBlockingQueue<>(PIECES);

  /// Those whose arrays the reader may fill again.
  private final BlockingQueue<ByteBuffer> taken = new ArrayBlockingQueue<>(PIECES);

  private final Runnable onReady;
  private ByteBuffer current;
  private Optional<Thread> reader = Optional.empty();

  /// Whether [#piece] has found nothing: only then is a piece worth a call of [#onReady].
  private volatile boolean starved;

  private volatile boolean ended;
  private volatile Optional<IOException> failure = Optional.empty();
  private volatile boolean closed;

  /// @param head what stands in front of the input
  /// @param onReady called by the reading thread when a piece has come that [#piece] did not find,
  ///   and at the end
  StdinFeed(String head, Stdin stdin, Runnable onReady) {
    this.onReady = onReady;
    current = ByteBuffer.wrap(head.getBytes(StandardCharsets.UTF_8));
    // The place of the head is the other array's.
    taken.add(ByteBuffer.allocate(0));
    switch (stdin) {
      case Stdin.Nothing() -> ended = true;
      case Stdin.Bytes(byte[] content) -> {
        ready.add(ByteBuffer.wrap(content));
        ended = true;
      }
      case Stdin.Stream(InputStream source) ->
          reader = Optional.of(Thread.ofVirtual().start(() -> read(source)));
      case Stdin.Terminal terminal ->
          reader = Optional.of(Thread.ofVirtual().start(() -> read(terminal.typed())));
    }
  }

  @SuppressWarnings("ByteBufferBackingArray") // each of these wraps an array from its first byte
  private void read(InputStream source) {
    try {
      int size = FIRST_PIECE_BYTES;
      while (!closed) {
        ByteBuffer piece = taken.take();
        byte[] bytes = piece.capacity() == size ? piece.array() : new byte[size];
        int length = source.read(bytes);
        if (length < 0) {
          break;
        }
        ready.add(ByteBuffer.wrap(bytes, 0, length));
        if (starved) {
          starved = false;
          onReady.run();
        }
        if (length == size) {
          size = Math.min(2 * size, MAX_PIECE_BYTES);
        }
      }
      ended = true;
    } catch (IOException e) {
      failure = Optional.of(e);
    } catch (RuntimeException e) {
      failure = Optional.of(new IOException(e));
    } catch (InterruptedException closedMeanwhile) {
      Thread.currentThread().interrupt();
    }
    onReady.run();
  }

  /// The piece under way; empty if none is ready. What is not taken from it stays.
  ByteBuffer piece() {
    boolean found = true;
    while (found && !current.hasRemaining()) {
      found = findNext();
    }
    return current;
  }

  private boolean findNext() {
    ByteBuffer next = ready.poll();
    if (next == null) {
      starved = true;
      // The reader may have added one before it could see that.
      next = ready.poll();
    }
    if (next == null) {
      return false;
    }
    taken.add(current);
    current = next;
    return true;
  }

  /// Why the input could not be read to its end, once; to the command, the end of what was read
  /// would mean that this was all of it.
  Optional<IOException> takeFailure() {
    Optional<IOException> taken = failure;
    failure = Optional.empty();
    return taken;
  }

  /// Whether all of the input has been taken.
  boolean exhausted() {
    // The end is seen before the queue is looked at: the reader adds its last piece first.
    return ended && !piece().hasRemaining();
  }

  @Override
  public void close() {
    closed = true;
    reader.ifPresent(Thread::interrupt);
  }
}

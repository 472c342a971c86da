package initrunner.ssh.mux;

import initrunner.exec.Stdin;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// A command's input in pieces, ready without waiting. A stream is read ahead by a virtual thread
/// of its own, a bounded number of pieces; that thread ends with the stream or with [#close].
final class StdinFeed implements AutoCloseable {

  private static final int PIECE_BYTES = 32 * 1024;
  private static final int PIECES_AHEAD = 8;

  private final BlockingQueue<ByteBuffer> ready = new ArrayBlockingQueue<>(PIECES_AHEAD);
  private final Runnable onReady;
  private ByteBuffer current;
  private Optional<Thread> reader = Optional.empty();
  private volatile boolean ended;
  private volatile Optional<IOException> failure = Optional.empty();
  private volatile boolean closed;

  /// @param head what stands in front of the input
  /// @param onReady called by the reading thread when a piece or the end has become ready
  StdinFeed(String head, Stdin stdin, Runnable onReady) {
    this.onReady = onReady;
    current = ByteBuffer.wrap(head.getBytes(StandardCharsets.UTF_8));
    switch (stdin) {
      case Stdin.Nothing() -> ended = true;
      case Stdin.Bytes(byte[] content) -> {
        ready.add(ByteBuffer.wrap(content));
        ended = true;
      }
      case Stdin.Stream(InputStream source) ->
          reader = Optional.of(Thread.ofVirtual().start(() -> read(source)));
    }
  }

  private void read(InputStream source) {
    try {
      while (!closed) {
        byte[] piece = new byte[PIECE_BYTES];
        int length = source.read(piece);
        if (length < 0) {
          break;
        }
        ready.put(ByteBuffer.wrap(piece, 0, length));
        onReady.run();
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
    if (!current.hasRemaining()) {
      ByteBuffer next = ready.poll();
      if (next != null) {
        current = next;
      }
    }
    return current;
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

package initrunner.cli.console;

import initrunner.exec.Limits;
import initrunner.exec.Sink;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Passes a command's output on as it arrives: the bytes unchanged, each stream to its own, one
/// write after the other. For one thread.
///
/// A write to a full pipe blocks and cannot be ended, so another thread writes: the call can still
/// be interrupted and still time out. What the command prints after that is dropped.
public final class ConsoleSink implements Sink, AutoCloseable {

  /// A write to this process's own output failed, so the command is stopped.
  public static final class OutputException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    OutputException(Throwable cause) {
      super(Optional.ofNullable(cause.getMessage()).orElse(cause.toString()), cause);
    }

    public boolean isBrokenPipe() {
      return Console.isBrokenPipe(this);
    }
  }

  private static final Duration FOR_EVER = Duration.ofDays(365);

  private final Console console;
  private final long deadline;
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          task -> Thread.ofPlatform().daemon().name("console-writer").unstarted(task));
  private boolean abandoned;
  private Optional<OutputException> failure = Optional.empty();

  /// @param limits of the call, which begins now
  public ConsoleSink(Console console, Limits limits) {
    this.console = console;
    deadline = System.nanoTime() + limits.timeout().orElse(FOR_EVER).toNanos();
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    write(bytes, console.stdout());
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    write(bytes, console.stderr());
  }

  private void write(ByteBuffer bytes, OutputStream stream) {
    if (abandoned) {
      return;
    }
    byte[] chunk = new byte[bytes.remaining()];
    bytes.get(chunk);
    Future<?> written = writer.submit(() -> writeNow(chunk, stream));
    try {
      written.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      abandoned = true;
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      abandoned = true;
    } catch (ExecutionException e) {
      failure = Optional.of(new OutputException(Optional.ofNullable(e.getCause()).orElse(e)));
      abandoned = true;
      // Stops the call as Ctrl-C does: an exception would lose the proof of the stop.
      Thread.currentThread().interrupt();
    }
  }

  /// Whether output was dropped, or may be unwritten, because its reader did not take it.
  public boolean isCut() {
    return abandoned;
  }

  /// The failed write of the output. This thread is interrupted then.
  public Optional<OutputException> failure() {
    return failure;
  }

  private static Optional<Void> writeNow(byte[] chunk, OutputStream stream) throws IOException {
    stream.write(chunk);
    stream.flush();
    return Optional.empty();
  }

  /// Does not wait for a write to a pipe without a reader.
  @Override
  public void close() {
    writer.shutdown();
  }
}

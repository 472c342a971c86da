package initrunner.exec;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// One process of this machine with its three streams served: input is written, both outputs are
/// read on virtual threads into a bounded window and handed to a sink on the thread that waits.
///
/// One thread starts it, waits for it and closes it; [#cancel] may be called by any thread.
public final class LocalProcess implements AutoCloseable {

  private static final int CHUNK_BYTES = 32 * 1024;

  /// Chunks read and not yet taken by the sink: the window of memory between the two.
  private static final int WINDOW_CHUNKS = 8;

  /// More than any pipe holds: what comes after it was written after the exit, by something else.
  private static final long DRAIN_BYTES = 2 * 1024 * 1024;

  /// Why a wait came to its end.
  public enum Wake {
    /// The process has exited and its output is at its end, or held open by something else.
    EXITED,
    TIME_UP,
    INTERRUPTED
  }

  private sealed interface Event {}

  private record Output(ByteBuffer bytes, Stream stream) implements Event {}

  private record EndOfFile() implements Event {}

  private record Exit() implements Event {}

  private record Cancel() implements Event {}

  private enum Stream {
    STDOUT,
    STDERR
  }

  private final Process process;
  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Semaphore window = new Semaphore(WINDOW_CHUNKS);
  private int openStreams = 2;
  private boolean exited;

  private LocalProcess(Process process) {
    this.process = process;
  }

  /// Starts a process. Does not block.
  ///
  /// @throws IOException if it cannot be started: nothing runs then
  public static LocalProcess start(ProcessBuilder builder, Stdin stdin) throws IOException {
    boolean reads = !(stdin instanceof Stdin.Nothing);
    builder.redirectInput(
        reads ? ProcessBuilder.Redirect.PIPE : ProcessBuilder.Redirect.from(nullDevice()));
    LocalProcess started = new LocalProcess(builder.start());
    started.serve(stdin, reads);
    return started;
  }

  private static java.io.File nullDevice() {
    return new java.io.File(java.io.File.separatorChar == '/' ? "/dev/null" : "NUL");
  }

  private void serve(Stdin stdin, boolean reads) {
    Process running = process;
    Thread.ofVirtual().start(() -> read(running.getInputStream(), Stream.STDOUT));
    Thread.ofVirtual().start(() -> read(running.getErrorStream(), Stream.STDERR));
    if (reads) {
      Thread.ofVirtual().start(() -> write(stdin, running.getOutputStream()));
    }
    Thread.ofVirtual()
        .start(() -> {
          try {
            running.waitFor();
            events.add(new Exit());
          } catch (InterruptedException neverByUs) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private void read(InputStream source, Stream stream) {
    try (source) {
      while (true) {
        window.acquire();
        byte[] bytes = new byte[CHUNK_BYTES];
        int length = source.read(bytes);
        if (length < 0) {
          break;
        }
        events.add(new Output(ByteBuffer.wrap(bytes, 0, length), stream));
      }
    } catch (IOException closedByUs) {
      // The reader of this stream has gone; what it would have said is not wanted any more.
    } catch (InterruptedException neverByUs) {
      Thread.currentThread().interrupt();
    }
    window.release();
    events.add(new EndOfFile());
  }

  private static void write(Stdin stdin, OutputStream destination) {
    try (destination) {
      stdin.open().transferTo(destination);
    } catch (IOException notReadToItsEnd) {
      // A command is free to end, or to close its input, before it has read all of it.
    }
  }

  /// Waits until the process is over. Blocks; answers an interrupt by returning [Wake#INTERRUPTED]
  /// with the flag cleared. May be called again after any other end than [Wake#EXITED].
  ///
  /// @param deadline in terms of [System#nanoTime]
  /// @param drain how long an output may be silent after the exit before it counts as held open by
  ///   something else
  public Wake await(Optional<Long> deadline, Duration drain, Sink sink) {
    long sinceExit = 0;
    while (!(exited && openStreams == 0) && sinceExit < DRAIN_BYTES) {
      Optional<Event> event;
      try {
        event = next(exited ? Optional.of(System.nanoTime() + drain.toNanos()) : deadline);
      } catch (InterruptedException e) {
        return Wake.INTERRUPTED;
      }
      if (event.isEmpty()) {
        return exited ? Wake.EXITED : Wake.TIME_UP;
      }
      switch (event.get()) {
        case Output output -> {
          sinceExit += exited ? output.bytes().remaining() : 0;
          deliver(output, sink);
        }
        case EndOfFile() -> openStreams--;
        case Exit() -> exited = true;
        case Cancel() -> {
          return Wake.INTERRUPTED;
        }
      }
    }
    return Wake.EXITED;
  }

  private Optional<Event> next(Optional<Long> until) throws InterruptedException {
    if (until.isEmpty()) {
      return Optional.of(events.take());
    }
    return Optional.ofNullable(events.poll(until.get() - System.nanoTime(), TimeUnit.NANOSECONDS));
  }

  private void deliver(Output output, Sink sink) {
    window.release();
    switch (output.stream()) {
      case STDOUT -> sink.stdout(output.bytes());
      case STDERR -> sink.stderr(output.bytes());
    }
  }

  /// Makes the wait of another thread end as if that thread had been interrupted.
  public void cancel() {
    events.add(new Cancel());
  }

  /// The exit status, once the process has exited: 128 + the signal's number where it was killed.
  ///
  /// @throws IllegalStateException if it still runs
  public int status() {
    if (!exited) {
      throw new IllegalStateException("process " + process.pid() + " still runs");
    }
    return process.exitValue();
  }

  /// Whether both outputs were read to their end.
  public OutputEnd output() {
    if (!exited) {
      return OutputEnd.CUT;
    }
    return openStreams == 0 ? OutputEnd.COMPLETE : OutputEnd.HELD_OPEN;
  }

  public long pid() {
    return process.pid();
  }

  /// Ends the process if it still runs, and lets go of its streams. Does not block.
  @Override
  public void close() {
    process.destroyForcibly();
    // Readers that wait for the sink must be able to see that their stream is closed.
    window.release(WINDOW_CHUNKS);
    Thread.ofVirtual().start(this::closeStreams);
  }

  /// Closing a pipe waits for a read that is under way on it.
  private void closeStreams() {
    for (AutoCloseable stream :
        new AutoCloseable[] {process.getInputStream(), process.getErrorStream()}) {
      try {
        stream.close();
      } catch (Exception e) {
        System.getLogger(LocalProcess.class.getName())
            .log(System.Logger.Level.DEBUG, "closing a stream of process " + process.pid(), e);
      }
    }
  }
}

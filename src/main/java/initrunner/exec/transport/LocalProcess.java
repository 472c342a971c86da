package initrunner.exec.transport;

import initrunner.exec.OutputEnd;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.pty.PseudoTerminal;
import initrunner.exec.transport.StartedCommand.Wake;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/// One process of this machine. One thread writes its input, and one each reads an output into a
/// bounded window; the thread that waits hands the window to the sink.
///
/// One thread starts it, waits for it and closes it; [#cancel] may be called by any thread.
public final class LocalProcess implements AutoCloseable {

  private static final int CHUNK_BYTES = 32 * 1024;

  /// Bounds the memory that a slow sink costs.
  private static final int WINDOW_CHUNKS = 8;

  /// How long an output may be silent after the exit before it counts as held open by another
  /// process.
  private static final Duration DRAIN = Duration.ofMillis(200);

  /// More than any pipe holds: what comes after it was written after the exit, by another process.
  private static final long DRAIN_BYTES = 2 * 1024 * 1024;

  /// Reading an empty pipe takes less: what comes later was written by another process.
  private static final Duration REST_BOUND = Duration.ofSeconds(2);

  private sealed interface Event {}

  private record Output(ByteBuffer bytes, BiConsumer<Sink, ByteBuffer> stream) implements Event {}

  private record EndOfFile() implements Event {}

  private record Exit() implements Event {}

  private record Woken(Wake why) implements Event {}

  private record InputFailed(Exception cause) implements Event {}

  private final Process process;
  private final Optional<PseudoTerminal> terminal;
  private final Began begun = Began.now();
  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Semaphore window = new Semaphore(WINDOW_CHUNKS);
  private int openStreams = 2;
  private boolean exited;
  private boolean stopping;
  private long waitedNanos;

  private LocalProcess(Process process, Optional<PseudoTerminal> terminal) {
    this.process = process;
    this.terminal = terminal;
  }

  /// Starts a process. Does not block.
  ///
  /// If the JDK itself throws an [Error] after its `fork`, for want of memory or of a thread, the
  /// process runs, and this cannot kill it.
  ///
  /// @throws IOException if it cannot be started: nothing runs then
  public static LocalProcess start(ProcessBuilder builder, Stdin stdin) throws IOException {
    boolean reads = !(stdin instanceof Stdin.Nothing);
    builder.redirectInput(reads ? Redirect.PIPE : Redirect.from(new File("/dev/null")));
    LocalProcess started = new LocalProcess(builder.start(), Optional.empty());
    started.begin(() -> {
      started.readOn("stdout", started.process.getInputStream(), Sink::stdout);
      started.readOn("stderr", started.process.getErrorStream(), Sink::stderr);
      if (reads) {
        started.serve("stdin", () -> started.write(stdin, started.process.getOutputStream()));
      }
    });
    return started;
  }

  /// Starts a process that opens a terminal, as its command line says ([PseudoTerminal#onIt]). Does
  /// not block. What is typed goes to the terminal, and what the terminal shows is the standard
  /// output.
  ///
  /// @param terminal the process's from now on: it is closed with it, and if this throws
  /// @throws IOException if it cannot be started: nothing runs then
  public static LocalProcess start(ProcessBuilder builder, PseudoTerminal terminal, Stdin typed)
      throws IOException {
    builder.redirectInput(Redirect.from(new File("/dev/null"))).redirectErrorStream(true);
    LocalProcess started;
    try {
      started = new LocalProcess(builder.start(), Optional.of(terminal));
    } catch (IOException | RuntimeException | Error e) {
      terminal.close();
      throw e;
    }
    started.begin(() -> {
      // Until the process has opened the terminal, it says here why it cannot.
      started.readOn("stdout", started.process.getInputStream(), Sink::stdout);
      started.readOn("terminal", terminal.output(), Sink::stdout);
      started.serve("keys", () -> started.write(typed, terminal.keys()));
    });
    return started;
  }

  private void begin(Runnable services) {
    try {
      services.run();
      var _ = process.onExit().thenRun(() -> events.add(new Exit()));
    } catch (Error noThread) {
      process.destroyForcibly();
      terminal.ifPresent(PseudoTerminal::close);
      throw noThread;
    }
  }

  private void readOn(String name, InputStream source, BiConsumer<Sink, ByteBuffer> stream) {
    serve(name, () -> read(source, stream));
  }

  /// A read of a pipe pins the carrier of a virtual thread: a few silent processes would leave no
  /// carrier for the others.
  private void serve(String name, Runnable service) {
    Thread.ofPlatform().daemon().name(name + " of " + process.pid()).start(service);
  }

  private void read(InputStream source, BiConsumer<Sink, ByteBuffer> stream) {
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
      // The sink's thread has ended; the rest of this stream is not wanted.
    } catch (InterruptedException neverByUs) {
      Thread.currentThread().interrupt();
    }
    window.release();
    events.add(new EndOfFile());
  }

  private void write(Stdin stdin, OutputStream destination) {
    byte[] bytes = new byte[CHUNK_BYTES];
    InputStream source = stdin.open();
    while (true) {
      int length;
      try {
        length = source.read(bytes);
      } catch (IOException | RuntimeException e) {
        // An end of file would tell the command that this was all of its input.
        events.add(new InputFailed(e));
        return;
      }
      try {
        if (length < 0) {
          destination.close();
          return;
        }
        destination.write(bytes, 0, length);
        // A person may be typing, so each chunk is sent at once.
        destination.flush();
      } catch (IOException notReadToItsEnd) {
        // A command may end, or close its input, before it has read all of it.
        return;
      }
    }
  }

  /// Waits until the process is over. Blocks; answers an interrupt by returning [Wake#INTERRUPTED]
  /// with the flag cleared. May be called again after any other end than [Wake#OVER].
  ///
  /// @throws UncheckedIOException if the input for the process cannot be read
  public Wake await(Deadline deadline, Sink sink) {
    long sinceExit = 0;
    while (!(exited && openStreams == 0)
        && sinceExit < DRAIN_BYTES
        && waitedNanos < REST_BOUND.toNanos()) {
      if (deadline.isPast() && process.isAlive()) {
        return Wake.TIME_UP;
      }
      switch (next(deadline)) {
        case Output output -> {
          sinceExit += exited ? output.bytes().remaining() : 0;
          window.release();
          output.stream().accept(sink, output.bytes());
        }
        case EndOfFile() -> openStreams--;
        case Exit() -> exited = true;
        case Woken(Wake why) -> {
          return why;
        }
        case InputFailed(Exception cause) -> inputFailed(cause);
      }
    }
    return Wake.OVER;
  }

  private Event next(Deadline deadline) {
    long begin = System.nanoTime();
    Deadline until = exited ? Deadline.in(DRAIN) : deadline;
    try {
      Optional<Event> event =
          Optional.ofNullable(events.poll(until.nanosLeft(), TimeUnit.NANOSECONDS));
      if (event.isPresent()) {
        return event.get();
      }
      if (exited) {
        // The threads that read may not have had a processor yet.
        long moreNanos = MachineLoad.stretched(DRAIN).minus(DRAIN).toNanos();
        return Optional.ofNullable(events.poll(moreNanos, TimeUnit.NANOSECONDS))
            .orElseGet(() -> new Woken(Wake.OVER));
      }
      return process.isAlive() ? new Woken(Wake.TIME_UP) : events.take();
    } catch (InterruptedException e) {
      return new Woken(Wake.INTERRUPTED);
    } finally {
      waitedNanos += exited ? System.nanoTime() - begin : 0;
    }
  }

  private void inputFailed(Exception cause) {
    if (process.isAlive() && !stopping) {
      throw new UncheckedIOException(
          "the command's input cannot be read",
          cause instanceof IOException failure ? failure : new IOException(cause));
    }
  }

  /// Waits for the exit through [#cancel] and interrupts; an interrupt is set again at the end.
  ///
  /// @return whether it has exited within the bound
  public boolean awaitExit(Duration bound, Sink sink) {
    Deadline deadline = Deadline.in(bound);
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        switch (await(deadline, sink)) {
          case OVER -> {
            return true;
          }
          case TIME_UP -> {
            return false;
          }
          case INTERRUPTED -> interrupted = true;
          case CANCELLED -> {}
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Does the work of a stop on another thread and serves the output meanwhile: a process that is
  /// asked to stop may block on its last output. Input that cannot be read does not matter any
  /// more. Returns when the work is done; an interrupt is set again at the end.
  public <T> T serveDuring(Callable<T> work, Sink sink) {
    stopping = true;
    return Uninterrupted.get(work, this::cancel, () -> await(Deadline.NEVER, sink));
  }

  /// Ends the other thread's [#await] with [Wake#CANCELLED].
  public void cancel() {
    events.add(new Woken(Wake.CANCELLED));
  }

  /// Whether the process still runs.
  public boolean isAlive() {
    return process.isAlive();
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

  /// A moment no later than the start.
  public Began begun() {
    return begun;
  }

  public long pid() {
    return process.pid();
  }

  /// Kills the process if it still runs, and closes its streams and its terminal. Does not block.
  @Override
  public void close() {
    process.destroyForcibly();
    terminal.ifPresent(PseudoTerminal::close);
    // Wakes the readers that wait for the sink, so that they see their stream closed.
    window.release(WINDOW_CHUNKS);
    serve("end", this::closeStreams);
  }

  /// Closing a pipe waits for the thread that reads or writes it, so another thread does it.
  private void closeStreams() {
    for (AutoCloseable stream :
        new AutoCloseable[] {
          process.getInputStream(), process.getErrorStream(), process.getOutputStream()
        }) {
      try {
        stream.close();
      } catch (Exception e) {
        System.getLogger(LocalProcess.class.getName())
            .log(System.Logger.Level.DEBUG, "closing a stream of process " + process.pid(), e);
      }
    }
  }
}

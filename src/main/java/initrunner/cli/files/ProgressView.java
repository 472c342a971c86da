package initrunner.cli.files;

import initrunner.cli.console.Console;
import initrunner.cli.console.Screen;
import initrunner.cli.console.TerminalLook;
import initrunner.cli.console.WaitLine;
import initrunner.transfer.Progress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Shows how far a transfer has come, on standard error: on a terminal one line that is written
/// over and gone at the end, elsewhere a line now and then. Safe for many threads; no method blocks
/// but for the terminal.
final class ProgressView implements Progress, AutoCloseable {

  private static final Duration REDRAWN_EVERY = Duration.ofMillis(100);
  private static final Duration LINE_EVERY = Duration.ofSeconds(10);
  private static final long RATE_OVER_NANOS = Duration.ofSeconds(3).toNanos();
  private static final long LEAST_NANOS = Duration.ofMillis(400).toNanos();

  private record Sample(long at, long bytes) {}

  private final Console console;
  private final Optional<Screen> screen;
  private final boolean isSilent;

  // guarded by this
  private final Deque<Sample> samples = new ArrayDeque<>();
  private WaitLine.Wait wait = new WaitLine.Wait(System.nanoTime(), "comparing both sides");
  private boolean isMoving;
  private boolean isClosed;
  private boolean isDrawn;
  private long bytes;
  private long doneBytes;
  private int files;
  private int doneFiles;
  private @Nullable Thread ticker;

  private ProgressView(Console console, Optional<Screen> screen, boolean isSilent) {
    this.console = console;
    this.screen = screen;
    this.isSilent = isSilent;
  }

  /// Begins to show.
  ///
  /// @param form where a program reads, no lines are in between
  static ProgressView on(Console console, TransferCall.Form form) {
    Optional<Screen> screen = Optional.empty();
    if (console.errorOutput() == Console.Output.TERMINAL) {
      TerminalLook look = TerminalLook.of(console);
      screen = Optional.of(console.err().screen(look)).filter(_ -> look.moving());
    }
    boolean isSilent = screen.isEmpty() && form == TransferCall.Form.JSON;
    ProgressView view = new ProgressView(console, screen, isSilent);
    view.start();
    return view;
  }

  private synchronized void start() {
    if (!isSilent) {
      ticker = Thread.ofVirtual().name("initrunner-progress").start(this::tick);
    }
  }

  private void tick() {
    try {
      do {
        Thread.sleep(screen.isPresent() ? REDRAWN_EVERY : LINE_EVERY);
      } while (draw());
    } catch (InterruptedException closed) {
      // the end
    }
  }

  @Override
  public synchronized void begin(int newFiles, long newBytes) {
    isMoving = newFiles > 0;
    files = newFiles;
    bytes = newBytes;
    doneFiles = 0;
    doneBytes = 0;
    samples.clear();
    samples.add(new Sample(System.nanoTime(), 0));
  }

  @Override
  public synchronized void moved(long more) {
    doneBytes += more;
  }

  @Override
  public synchronized void finished(int more) {
    doneFiles += more;
  }

  @Override
  public synchronized void waits(String reason) {
    isMoving = false;
    wait = new WaitLine.Wait(System.nanoTime(), "trying again: " + reason);
    if (screen.isEmpty() && !isSilent) {
      console.err().println("Trying again: " + reason);
    }
  }

  private synchronized boolean draw() {
    if (isClosed) {
      return false;
    }
    if (console.isAsking()) {
      return true;
    }
    if (screen.isPresent()) {
      Screen terminal = screen.get();
      if (isMoving || wait.isLong()) {
        terminal.status(isMoving ? measure().line(terminal.look().width()) : wait.text());
        isDrawn = true;
      }
    } else if (isMoving) {
      console.err().println(measure().text());
    }
    return true;
  }

  private Measure measure() {
    long now = System.nanoTime();
    samples.add(new Sample(now, doneBytes));
    while (samples.size() > 2 && now - samples.getFirst().at() > RATE_OVER_NANOS) {
      samples.removeFirst();
    }
    Sample first = samples.getFirst();
    long nanos = now - first.at();
    long rate = nanos < LEAST_NANOS ? 0 : (long) ((doneBytes - first.bytes()) * 1e9 / nanos);
    return new Measure(doneBytes, bytes, doneFiles, files, rate);
  }

  /// Ends the view, and takes the line away.
  @Override
  public synchronized void close() {
    isClosed = true;
    if (ticker != null) {
      ticker.interrupt();
    }
    if (isDrawn) {
      screen.ifPresent(Screen::clearStatus);
    }
  }
}

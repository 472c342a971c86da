package initrunner.cli.console;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/// One line of a terminal that says what is waited for, and how long so far. It appears where a
/// wait is long, is written over, and is taken away at the end. Safe for many threads; all of it is
/// done under the lock of its owner, who takes the line away before other text is printed.
public final class WaitLine implements AutoCloseable {

  private static final Duration FRAME = Duration.ofMillis(100);
  private static final String SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

  /// Waits that are over sooner show nothing.
  private static final long PATIENCE_NANOS = Duration.ofMillis(600).toNanos();

  /// What is waited for.
  ///
  /// @param sinceNanos by [System#nanoTime]
  public record Wait(long sinceNanos, String what) {

    /// The time so far, and what is waited for.
    public String text() {
      return time(System.nanoTime() - sinceNanos) + "  " + what;
    }

    /// Whether it is worth a line.
    public boolean isLong() {
      return System.nanoTime() - sinceNanos >= PATIENCE_NANOS;
    }
  }

  private final Screen screen;
  private final Object lock;
  private final Supplier<Optional<Wait>> wait;
  private final Thread ticker = Thread.ofVirtual().name("wait-line").unstarted(this::tick);

  // guarded by the lock
  private int frame;
  private boolean isShown;
  private boolean isClosed;

  /// Begins to show; shows nothing where no line can be written over.
  ///
  /// @param lock the owner's, held while the wait is asked for and shown
  /// @param wait empty while no line may be shown
  public static WaitLine begun(Screen screen, Object lock, Supplier<Optional<Wait>> wait) {
    WaitLine line = new WaitLine(screen, lock, wait);
    if (screen.look().moving()) {
      line.ticker.start();
    }
    return line;
  }

  private WaitLine(Screen screen, Object lock, Supplier<Optional<Wait>> wait) {
    this.screen = screen;
    this.lock = lock;
    this.wait = wait;
  }

  private void tick() {
    try {
      do {
        Thread.sleep(FRAME);
      } while (draw());
    } catch (InterruptedException closed) {
      // the end
    }
  }

  private boolean draw() {
    synchronized (lock) {
      if (!isClosed) {
        wait.get().filter(Wait::isLong).ifPresent(this::show);
      }
      return !isClosed;
    }
  }

  private void show(Wait shown) {
    frame = (frame + 1) % SPINNER.length();
    screen.status(SPINNER.charAt(frame) + " " + shown.text());
    isShown = true;
  }

  /// Takes the line away until the next frame.
  public void erase() {
    synchronized (lock) {
      if (isShown) {
        isShown = false;
        screen.clearStatus();
      }
    }
  }

  /// Takes the line away for good.
  @Override
  public void close() {
    synchronized (lock) {
      isClosed = true;
      erase();
    }
    ticker.interrupt();
  }

  /// `0.8 s`, `42 s`, `3 min 20 s`.
  private static String time(long nanos) {
    Duration time = Duration.ofNanos(nanos);
    long seconds = time.toSeconds();
    if (seconds < 10) {
      return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
    }
    return seconds < 60 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
  }
}

package initrunner.runtime.terminals;

import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.screen.TerminalScreen;
import initrunner.text.SecretValues;
import initrunner.tool.Plan;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SequencedSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// One terminal: its program runs on a thread of its own, a screen shows what it writes, and what
/// is typed waits until it reads it.
///
/// Safe for many threads. The monitor guards the state of the program; no thread holds it while it
/// waits for the host.
final class HeldTerminal implements Sink {

  /// Watches the screen. The terminal calls it after each change; it returns at once.
  interface View {
    void changed();

    void over();
  }

  /// So many times as long a program may be quiet that has written nothing yet.
  private static final int UNANSWERED = 5;

  private static final Duration STEP = Duration.ofMillis(50);

  /// Interactive shells ignore TERM.
  private static final Duration KILL_GRACE = Duration.ofSeconds(1);

  private final String id;
  private final String command;
  private final Plan.TerminalRules rules;
  private final Stdin.Terminal.Size size;
  private final TerminalScreen screen;
  private final Keyboard keyboard = new Keyboard();
  private final Stdin.Terminal stdin;
  private final List<View> views = new CopyOnWriteArrayList<>();
  private final Queue<Runnable> afterwards = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean isStopping = new AtomicBoolean();
  private final Thread thread;
  private final Device device;

  private final long opened = System.nanoTime();
  private long lastWritten = opened;
  private long written;
  private long declinedAt = -1;
  private final SequencedSet<String> answers = new LinkedHashSet<>();
  private Optional<Outcome> outcome = Optional.empty();
  private Optional<Throwable> failure = Optional.empty();
  private boolean isAsking;
  private Optional<String> holder = Optional.empty();

  private HeldTerminal(
      String id, Plan.TerminalOpened plan, Device device, TerminalCalls.Runner runner) {
    this.id = id;
    this.command = String.join(" ", plan.command().argv());
    this.rules = plan.rules();
    this.size = new Stdin.Terminal.Size(plan.columns(), plan.rows());
    this.screen = new TerminalScreen(plan.columns(), plan.rows());
    this.stdin = new Stdin.Terminal(TerminalScreen.TYPE, keyboard, size);
    this.device = device;
    Command placed = device.named(plan.command()).withStdin(stdin);
    Limits limits = new Limits(plan.rules().maxTime(), KILL_GRACE);
    this.thread =
        Thread.ofVirtual()
            .name("initrunner-terminal-" + id)
            .unstarted(() -> run(() -> runner.run(placed, limits, this)));
  }

  /// Starts the program of a terminal.
  ///
  /// @param isNamed whether the terminal's device on the host is to be known
  static HeldTerminal open(
      String id, Plan.TerminalOpened plan, boolean isNamed, TerminalCalls.Runner runner) {
    HeldTerminal terminal =
        new HeldTerminal(id, plan, isNamed ? Device.told() : Device.unknown(), runner);
    terminal.thread.start();
    return terminal;
  }

  private void run(Supplier<Outcome> program) {
    try {
      Outcome end = program.get();
      over(Optional.of(end), Optional.empty());
    } catch (RuntimeException | Error failed) {
      System.getLogger(HeldTerminal.class.getName())
          .log(Level.DEBUG, "A terminal has failed", failed);
      over(Optional.empty(), Optional.of(failed));
    } finally {
      keyboard.close();
      views.forEach(View::over);
      for (Runnable work = afterwards.poll(); work != null; work = afterwards.poll()) {
        work.run();
      }
    }
  }

  private synchronized void over(Optional<Outcome> end, Optional<Throwable> notStarted) {
    outcome = end;
    failure = notStarted;
    notifyAll();
  }

  String id() {
    return id;
  }

  /// The words that it was opened with, for a person.
  String command() {
    return command;
  }

  Plan.TerminalRules rules() {
    return rules;
  }

  TerminalScreen screen() {
    return screen;
  }

  Device device() {
    return device;
  }

  Stdin.Terminal stdin() {
    return stdin;
  }

  /// The size that it was opened with.
  Stdin.Terminal.Size size() {
    return size;
  }

  /// Shows it in another size, and tells the program.
  void resize(Stdin.Terminal.Size to) {
    screen.resize(to.columns(), to.rows());
    stdin.resize(to);
    views.forEach(View::changed);
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    device.without(bytes).ifPresent(this::show);
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    show(bytes);
  }

  private void show(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    String answer = screen.write(ByteBuffer.wrap(copy));
    if (!answer.isEmpty()) {
      var _ = keyboard.type(answer.getBytes(StandardCharsets.UTF_8));
    }
    synchronized (this) {
      lastWritten = System.nanoTime();
      written += copy.length;
      notifyAll();
    }
    views.forEach(View::changed);
  }

  /// Does this once the program is over, or at once if it is already.
  void afterwards(Runnable work) {
    afterwards.add(work);
    if (isOver() && afterwards.remove(work)) {
      work.run();
    }
  }

  void watchedBy(View view) {
    views.add(view);
  }

  void unwatchedBy(View view) {
    views.remove(view);
  }

  /// Types all of this, or nothing where the program reads too little.
  ///
  /// @return whether it is typed
  boolean type(byte[] bytes) {
    return keyboard.type(bytes);
  }

  /// The person who has it for themselves now.
  synchronized Optional<String> holder() {
    return holder;
  }

  /// Gives it to one person, or back.
  ///
  /// @return whether it was free
  synchronized boolean hold(Optional<String> person) {
    if (holder.isPresent() && person.isPresent()) {
      return false;
    }
    holder = person;
    return true;
  }

  /// When it was opened, in terms of [System#nanoTime].
  long opened() {
    return opened;
  }

  /// How many bytes the program has written.
  synchronized long written() {
    return written;
  }

  /// How the program ended; empty while it runs, and where it was not started.
  synchronized Optional<Ended> ended() {
    return outcome.map(Outcome::ended);
  }

  /// Why the program was not started, or could not be followed to its end.
  private synchronized Optional<Throwable> failure() {
    return failure;
  }

  /// Whether nothing more comes of it.
  synchronized boolean isOver() {
    return outcome.isPresent() || failure.isPresent();
  }

  /// Waits until the program has begun. Blocks for the connection.
  ///
  /// @throws RuntimeException the reason why it was not started
  void awaitBegun() throws InterruptedException {
    boolean hasBegun = false;
    while (!hasBegun && !isOver()) {
      hasBegun = stdin.awaitBegun(STEP);
    }
    Optional<Throwable> reason = failure().filter(_ -> written() == 0);
    if (reason.isPresent()) {
      switch (reason.get()) {
        case RuntimeException notStarted -> throw notStarted;
        case Error broken -> throw broken;
        default -> throw new IllegalStateException(reason.get());
      }
    }
  }

  /// What a wait has come to.
  enum Waited {
    APPEARED,
    QUIET,
    OVER,
    /// The time was up first.
    LATE
  }

  /// Waits until a text appears, or the program is quiet, or it ends. A program that has not
  /// answered yet has more time than one that goes on writing.
  ///
  /// @param secrets of the role, which no wait sees
  /// @param since in terms of [System#nanoTime]: quiet before it does not count
  Waited await(Plan.ScreenWait until, SecretValues secrets, long since)
      throws InterruptedException {
    long deadline = System.nanoTime() + until.most().toNanos();
    long seen = -1;
    while (true) {
      long now = written();
      if (now != seen
          && until.appears().isPresent()
          && until.appears().get().test(visible(secrets))) {
        return Waited.APPEARED;
      }
      seen = now;
      Optional<Waited> end = awaitChange(until, since, seen, deadline);
      if (end.isPresent()) {
        return end.get();
      }
    }
  }

  /// Waits for more than has been seen.
  ///
  /// @return empty if there is more
  private synchronized Optional<Waited> awaitChange(
      Plan.ScreenWait until, long since, long seen, long deadline) throws InterruptedException {
    while (written == seen) {
      long now = System.nanoTime();
      if (isOver()) {
        return Optional.of(Waited.OVER);
      }
      long quiet = until.quiet().toNanos();
      long quietAt = lastWritten > since ? lastWritten + quiet : since + UNANSWERED * quiet;
      if (until.appears().isEmpty() && now >= quietAt) {
        return Optional.of(Waited.QUIET);
      }
      if (now >= deadline) {
        return Optional.of(Waited.LATE);
      }
      long next = until.appears().isEmpty() ? Math.min(quietAt, deadline) : deadline;
      wait(Math.max(1, (next - now) / 1_000_000));
    }
    return System.nanoTime() >= deadline ? Optional.of(Waited.LATE) : Optional.empty();
  }

  /// A person gave no answer to the question that is shown: it is not asked again before the
  /// program has written more.
  synchronized void declined() {
    declinedAt = written;
  }

  synchronized boolean isDeclined() {
    return declinedAt == written;
  }

  /// A person has typed this for the program: no text has it from now on, unless it is so short
  /// that it cannot be told from ordinary text.
  synchronized void answered(byte[] answer) {
    answers.add(new String(answer, StandardCharsets.UTF_8));
  }

  /// What persons have typed for the program.
  synchronized SecretValues answers() {
    return new SecretValues(answers);
  }

  /// A question to a person begins: nothing but the answer is typed until [#questionEnds].
  ///
  /// @return whether no other one is asked
  synchronized boolean questionBegins() {
    boolean isFree = !isAsking;
    isAsking = true;
    return isFree;
  }

  synchronized void questionEnds() {
    isAsking = false;
  }

  /// Whether a person is being asked.
  synchronized boolean isAsking() {
    return isAsking;
  }

  /// What a model may see of the screen and of what has scrolled off.
  ///
  /// @param secrets of the role
  String visible(SecretValues secrets) {
    return String.join(
        "\n", RedactedLines.of(screen.lines(), screen.columns(), redaction(secrets)));
  }

  /// Takes the role's secrets and persons' answers out of a text.
  UnaryOperator<String> redaction(SecretValues secrets) {
    SecretValues typed = answers();
    return text -> typed.redacted(secrets.redacted(text));
  }

  /// Stops the program, and returns at once. A second interrupt would end the waits for its end.
  void stop() {
    if (!isStopping.getAndSet(true)) {
      thread.interrupt();
    }
  }

  /// Stops the program, and waits for its end. Blocks, so long at most.
  void close(Duration most) throws InterruptedException {
    stop();
    var _ = thread.join(most);
  }
}

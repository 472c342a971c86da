package initrunner.cli.run;

import initrunner.cli.console.Screen;
import initrunner.cli.console.Style;
import initrunner.cli.console.WaitLine;
import initrunner.cli.markdown.AnswerText;
import initrunner.launch.slurm.QueueNotice;
import initrunner.model.RunEvent;
import initrunner.runtime.RoleRuntime;
import initrunner.runtime.output.OutputLine;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Shows one run on a terminal while it goes on: the answer, block by block; each tool call's
/// start, the beginning of its output, and its end; and in the last line, what the run waits for
/// and how long. Safe for many threads: this object is the lock of all its state.
public final class SessionView implements Consumer<RunEvent>, AutoCloseable {

  private static final int MOST_FIRST_LINES = 8;
  private static final int MOST_LAST_LINES = 3;
  private static final int MOST_EDIT_LINES = 24;

  /// Tools that run a program of the model; the output of the others is the raw form of the result.
  private static final Set<String> SHOWN_OUTPUT = Set.of("shell", "python", "script");

  private static final class Running {
    private final ToolCall call;
    private final int number;
    private final long begin = System.nanoTime();
    private final Deque<OutputLine> last = new ArrayDeque<>();
    private int lines;

    /// Whether the command may still wait for its start.
    private boolean mayWait = true;

    private boolean queued;

    Running(ToolCall call, int number) {
      this.call = call;
      this.number = number;
    }
  }

  private final Screen answer;
  private final Screen screen;
  private final AnswerText written;
  private final BooleanSupplier isAsking;
  private final ShownCalls shown;
  private final List<Running> running = new ArrayList<>();
  private final WaitLine status;
  private long waitingSince = System.nanoTime();
  private int calls;
  private boolean paused;
  private boolean stopping;

  /// @param answer takes the model's text
  /// @param screen of the same terminal; takes all other text
  /// @param isAsking whether a question is asked on the terminal, which no line is written over
  /// @param callsBefore of the same session
  public SessionView(
      Screen answer,
      Screen screen,
      BooleanSupplier isAsking,
      RoleRuntime runtime,
      int callsBefore) {
    this.isAsking = isAsking;
    this.answer = answer;
    this.screen = screen;
    this.written = new AnswerText(answer.look());
    this.shown = new ShownCalls(runtime);
    this.calls = callsBefore;
    this.status = WaitLine.begun(screen, this, this::waited);
  }

  @Override
  public synchronized void accept(RunEvent event) {
    waitingSince = System.nanoTime();
    switch (event) {
      case RunEvent.TextDelta(String text) -> text(text);
      case RunEvent.TurnEnded() -> endText();
      case RunEvent.ToolStarted(ToolCall call) -> started(call);
      case RunEvent.ToolEnded(ToolCall call, ToolResult result, Duration duration) ->
          ended(call, result, duration);
      case RunEvent.Notice notice -> {
        boolean isFailure = !(notice instanceof RunEvent.ConversationShortened);
        line(isFailure ? Style.BAD : Style.QUIET, "… " + notice.text());
      }
    }
  }

  private void text(String text) {
    show(written.add(text));
  }

  private void show(List<List<Screen.Span>> lines) {
    if (!lines.isEmpty()) {
      status.erase();
      lines.forEach(answer::line);
    }
  }

  private void started(ToolCall call) {
    Running started = new Running(call, ++calls);
    running.add(started);
    String[] lines = EditLines.summary(shown.type(call), call).strip().split("\n", -1);
    String more = lines.length == 1 ? "" : " … " + (lines.length - 1) + " lines more";
    line(Style.CALL, number(started) + shown.start(call) + lines[0] + more);
  }

  /// Takes the next lines of a call's output.
  public synchronized void output(ToolCall call, List<OutputLine> lines) {
    Optional<Running> of = find(call);
    of.ifPresent(made -> readNotice(made, lines.getFirst()));
    if (of.isEmpty() || !SHOWN_OUTPUT.contains(shown.type(call))) {
      return;
    }
    Running made = of.get();
    int first = Math.clamp(MOST_FIRST_LINES - made.lines, 0, lines.size());
    lines.subList(0, first).forEach(line -> outputLine(made, line.text()));
    lines
        .subList(Math.max(first, lines.size() - MOST_LAST_LINES), lines.size())
        .forEach(made.last::add);
    while (made.last.size() > MOST_LAST_LINES) {
      made.last.remove();
    }
    made.lines += lines.size();
  }

  /// Slurm's words about its queue come before a command's own output.
  private static void readNotice(Running made, OutputLine first) {
    if (made.mayWait) {
      Optional<QueueNotice> notice = QueueNotice.of(first.text());
      made.mayWait = notice.isPresent();
      made.queued = notice.equals(Optional.of(QueueNotice.QUEUED));
    }
  }

  private void outputLine(Running made, String text) {
    line(Style.QUIET, numbered(made, text));
  }

  private void ended(ToolCall call, ToolResult result, Duration duration) {
    find(call)
        .ifPresent(made -> {
          running.remove(made);
          int left = made.lines - MOST_FIRST_LINES - made.last.size();
          if (left > 0) {
            outputLine(made, "… " + left + (left == 1 ? " line" : " lines"));
          }
          made.last.forEach(line -> outputLine(made, line.text()));
          boolean good = result.status() == ToolResult.Status.SUCCEEDED;
          if (good) {
            edited(made);
          }
          // The reason of a failure stands at its end, and is not cut.
          String end =
              number(made)
                  + (good ? "✓ " : "✗ ")
                  + CallText.end(result)
                  + ", "
                  + CallText.seconds(duration);
          if (good) {
            line(Style.GOOD, end);
          } else {
            status.erase();
            endText();
            screen.line(Style.BAD, end);
          }
        });
  }

  private void edited(Running made) {
    List<String> lines = EditLines.of(shown.type(made.call), made.call);
    int left = lines.size() - MOST_EDIT_LINES;
    lines.stream()
        .limit(left == 1 ? lines.size() : MOST_EDIT_LINES)
        .forEach(text -> line(styleOf(text), numbered(made, text)));
    if (left > 1) {
      outputLine(made, "… " + left + " lines");
    }
  }

  /// The style of a line of a diff.
  public static Style styleOf(String line) {
    return switch (line.isEmpty() ? ' ' : line.charAt(0)) {
      case '+' -> Style.GOOD;
      case '-' -> Style.BAD;
      default -> Style.QUIET;
    };
  }

  private Optional<Running> find(ToolCall call) {
    return running.stream().filter(made -> made.call.equals(call)).findFirst();
  }

  private static String numbered(Running made, String text) {
    return number(made) + "│ " + text.replace("\t", "    ");
  }

  private static String number(Running made) {
    return String.format(Locale.ROOT, "%2d ", made.number);
  }

  private void line(Style style, String text) {
    status.erase();
    endText();
    screen.cutLine(style, text);
  }

  /// What the model wrote so far is all of a text.
  private void endText() {
    show(written.end());
  }

  /// Shows that the running calls are being stopped.
  public synchronized void stopping() {
    stopping = true;
  }

  /// Takes the last line away, as another writer prints a line; it comes back below that.
  public synchronized void eraseStatus() {
    status.erase();
  }

  /// Leaves the terminal to another writer until [#goOn].
  public synchronized void pause() {
    paused = true;
    status.erase();
    endText();
  }

  public synchronized void goOn() {
    paused = false;
    waitingSince = System.nanoTime();
  }

  private Optional<WaitLine.Wait> waited() {
    long since = running.isEmpty() ? waitingSince : running.getFirst().begin;
    return paused || isAsking.getAsBoolean()
        ? Optional.empty()
        : Optional.of(new WaitLine.Wait(since, status()));
  }

  private String status() {
    if (stopping) {
      return "stopping";
    }
    if (running.isEmpty()) {
      String unfinished = written.unfinished();
      return unfinished.isEmpty() ? "waiting for the model" : unfinished;
    }
    Running first = running.getFirst();
    String others = running.size() == 1 ? "" : " and " + (running.size() - 1) + " more";
    String lines =
        first.last.isEmpty() ? "" : "  line " + first.lines + ": " + first.last.getLast().text();
    String how = first.queued ? "waiting in Slurm's queue for " : "running ";
    return how + first.number + others + lines + "  (Ctrl-C stops)";
  }

  @Override
  public synchronized void close() {
    pause();
    status.close();
  }
}

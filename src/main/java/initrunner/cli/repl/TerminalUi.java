package initrunner.cli.repl;

import initrunner.agent.AgentRun;
import initrunner.agent.Approver;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.console.NativeTerminal;
import initrunner.cli.console.Screen;
import initrunner.cli.console.Style;
import initrunner.cli.console.TerminalLook;
import initrunner.cli.console.TerminalSize;
import initrunner.cli.console.UserTerminal;
import initrunner.cli.run.RunAttempt;
import initrunner.cli.run.RunReport;
import initrunner.cli.run.SessionView;
import initrunner.cli.run.TerminalApprover;
import initrunner.model.http.Models;
import initrunner.run.RunEnd;
import initrunner.runtime.RoleRuntime;
import initrunner.text.FileFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Terminal;
import org.jline.utils.Signals;

/// The session of a person at a terminal: it edits lines, remembers prompts, and shows runs while
/// they go on. The terminal obeys no text of a model or a command.
final class TerminalUi implements ReplUi, TerminalApprover.Person {

  private static final long QUIET_MILLIS = 20;

  private final Console console;
  private final Terminal terminal;
  private final LineReader prompts;
  private final LineReader answers;
  private final Screen screen;
  private volatile Optional<SessionView> view = Optional.empty();
  private volatile Optional<Thread> running = Optional.empty();

  private TerminalUi(Console console, Terminal terminal, LineReader prompts, TerminalLook look) {
    this.console = console;
    this.terminal = terminal;
    this.prompts = prompts;
    this.answers = LineReaderBuilder.builder().terminal(terminal).parser(plain()).build();
    answers.setVariable(LineReader.DISABLE_HISTORY, true);
    this.screen = new Screen(terminal.writer(), look);
    terminal.handle(Terminal.Signal.INT, _ -> stopRun());
    if (!look.moving()) {
      // On a dumb terminal, JLine does not handle the process's signals.
      Object ignored = Signals.register("INT", () -> terminal.raise(Terminal.Signal.INT));
    }
  }

  /// @param history the file for prompts; empty for none
  /// @param redaction takes secrets out of that file
  static TerminalUi open(Console console, Optional<Path> history, UnaryOperator<String> redaction) {
    Terminal terminal = UserTerminal.open(console);
    LineReaderBuilder builder =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("initrunner")
            .parser(multiLine())
            .history(new SessionHistory(redaction))
            .completer(TerminalUi::complete)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, "… ");
    SessionHistory.prepared(history)
        .ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
    return new TerminalUi(console, terminal, builder.build(), TerminalLook.of(console, terminal));
  }

  /// A command is the first word of a prompt.
  private static void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    if (line.wordIndex() == 0) {
      SessionCommands.NAMES.forEach(name -> candidates.add(new Candidate(name)));
    } else if (line.wordIndex() == 1 && line.words().getFirst().equals("/jobs")) {
      SessionJobs.NAMES.forEach(name -> candidates.add(new Candidate(name)));
    }
  }

  /// A backslash at the end of a line continues it; quotes have no meaning.
  private static DefaultParser multiLine() {
    DefaultParser parser = plain();
    parser.setEscapeChars(new char[] {'\\'});
    parser.setEofOnEscapedNewLine(true);
    return parser;
  }

  private static DefaultParser plain() {
    DefaultParser parser = new DefaultParser();
    parser.setQuoteChars(new char[0]);
    parser.setEscapeChars(new char[0]);
    return parser;
  }

  @Override
  public void greet(List<String> lines) {
    screen.line(Style.HEADING, lines.getFirst());
    lines.stream().skip(1).forEach(line -> screen.line(Style.QUIET, line));
    screen.endLine();
  }

  @Override
  public Optional<String> next() throws InterruptedException {
    while (true) {
      try {
        String typed = prompts.readLine(screen.look().paint(Style.CALL, "> "));
        return Optional.of(typed.replace("\\\n", "\n"));
      } catch (UserInterruptException e) {
        // Ctrl-C drops the line and keeps the session.
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      } catch (EndOfFileException e) {
        return Optional.empty();
      } catch (IllegalStateException e) {
        // At a signal, JLine restores the terminal before the session's interrupt arrives.
        throw new InterruptedException(e.getMessage());
      }
    }
  }

  @Override
  public Models.Delivery delivery() {
    return Models.Delivery.STREAMED;
  }

  @Override
  public Approver approver(RoleRuntime runtime) {
    return new TerminalApprover(this, runtime::askedPlaceOf);
  }

  @Override
  public RunEnd watch(RoleRuntime runtime, int callsBefore, Turn turn) {
    Attributes before = quiet();
    try (SessionView shown =
        new SessionView(screen, screen, console::isAsking, runtime, callsBefore)) {
      view = Optional.of(shown);
      console.sharesTerminal(shown::eraseStatus);
      return stoppable(() -> turn.run(shown, shown::output));
    } finally {
      console.sharesTerminal(() -> {});
      view = Optional.empty();
      terminal.setAttributes(before);
    }
  }

  @Override
  public void interruptibly(Runnable work) {
    stoppable(() -> {
      work.run();
      return true;
    });
  }

  private <T> T stoppable(Supplier<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    try {
      Thread thread =
          Thread.ofPlatform()
              .name("session-run")
              .start(() -> {
                try {
                  done.complete(work.get());
                } catch (RuntimeException | Error e) {
                  done.completeExceptionally(e);
                }
              });
      running = Optional.of(thread);
      await(thread);
      return done.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException unchecked
          ? unchecked
          : new IllegalStateException(e.getCause());
    } finally {
      running = Optional.empty();
    }
  }

  /// Keys typed during a run are not echoed; they appear in the next line.
  private Attributes quiet() {
    Attributes before = terminal.getAttributes();
    Attributes attributes = new Attributes(before);
    attributes.setLocalFlag(LocalFlag.ECHO, false);
    attributes.setLocalFlag(LocalFlag.ICANON, false);
    terminal.setAttributes(attributes);
    return before;
  }

  /// An interrupt of the session ends the run, and this still waits for the run's end.
  private static void await(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
        thread.interrupt();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void stopRun() {
    view.ifPresent(SessionView::stopping);
    running.ifPresent(Thread::interrupt);
  }

  @Override
  public int show(RunAttempt attempt, RunReport report) {
    AgentRun run = report.run();
    run.failure()
        .ifPresent(failure -> {
          if (failure.kind() == AgentRun.Failure.Kind.CANCELLED) {
            note(failure.message());
          } else {
            complain(failure.message(), failure.remedy());
          }
        });
    screen.line(Style.QUIET, report.cost());
    screen.endLine();
    return ExitCodes.OK;
  }

  @Override
  public void say(String line) {
    screen.line(Style.PLAIN, line);
  }

  @Override
  public void say(Style style, String line) {
    screen.line(style, line);
  }

  @Override
  public void note(String line) {
    screen.line(Style.BAD, line);
  }

  @Override
  public void complain(String what, String remedy) {
    note("Error: " + what);
    remedy.lines().forEach(this::say);
  }

  @Override
  public void show(String line) {
    view.ifPresent(SessionView::pause);
    say(line);
  }

  @Override
  public void heading(String line) {
    view.ifPresent(SessionView::pause);
    say(Style.HEADING, line);
  }

  @Override
  public TerminalSize size() {
    return terminal.getRows() > 0 && terminal.getColumns() > 0
        ? new TerminalSize(terminal.getRows(), terminal.getColumns())
        : TerminalSize.USUAL;
  }

  /// Typed keys may be in the operating system's buffer or in JLine's.
  private void discardTyped() throws IOException {
    NativeTerminal.discardTyped();
    while (terminal.reader().read(QUIET_MILLIS) >= 0) {
      // Reads until both are empty.
    }
  }

  /// The end of the input counts as a no.
  @Override
  public String answer(String question) throws InterruptedException {
    view.ifPresent(SessionView::pause);
    try {
      discardTyped();
      return answers.readLine(question) + "\n";
    } catch (UserInterruptException e) {
      stopRun();
      throw new InterruptedException();
    } catch (EndOfFileException e) {
      return "n\n";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      view.ifPresent(SessionView::goOn);
    }
  }

  @Override
  public int statusOfFailures() {
    return ExitCodes.OK;
  }

  @Override
  public void close() {
    try (terminal) {
      prompts.getHistory().save();
    } catch (IOException e) {
      note("The prompts of this session cannot be kept: " + FileFailure.reason(e));
    }
  }
}

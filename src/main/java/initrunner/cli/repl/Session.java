package initrunner.cli.repl;

import initrunner.agent.AgentRun;
import initrunner.agent.Approver;
import initrunner.audit.AuditLocation;
import initrunner.audit.AuditStore;
import initrunner.cli.ask.AskedRun;
import initrunner.cli.ask.LoginTerminal;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.console.InputLines;
import initrunner.cli.jobs.JobLines;
import initrunner.cli.run.RunAttempt;
import initrunner.cli.run.RunFormat;
import initrunner.cli.run.RunReport;
import initrunner.cli.run.SessionCalls;
import initrunner.cli.run.WorkspaceLines;
import initrunner.exec.RemedyException;
import initrunner.model.Model;
import initrunner.run.RunEnd;
import initrunner.run.RunHome;
import initrunner.run.RunOrder;
import initrunner.run.RunRecord;
import initrunner.run.RunWatch;
import initrunner.run.SessionBudget;
import initrunner.run.Workspaces;
import initrunner.runtime.RoleRuntime;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// One conversation over several prompts, with one connection and one model. Each prompt is a run
/// with its own id, limits and audit log row. For one session.
public final class Session {

  /// A prompt may begin with a path; a command is one word.
  private static final Pattern COMMAND = Pattern.compile("/[A-Za-z]*(\\s.*)?");

  private final Console console;
  private final RunOrder order;
  private final RunHome home;
  private final Optional<LoginTerminal> person;
  private final Instant begin = Instant.now();
  private final SessionCalls calls = new SessionCalls();
  private final SessionBudget budget;
  private int status = ExitCodes.OK;

  /// @param order the settings of each run; if it has a prompt, that is the first
  public Session(Console console, RunOrder order, RunHome home) {
    this.console = console;
    this.order = order;
    this.home = home;
    this.person = LoginTerminal.of(console, order.role(), false);
    this.budget = new SessionBudget(order.role());
  }

  /// Runs the session and returns the exit status. Blocks until its end; an interrupt ends it.
  ///
  /// @param history the file that keeps prompts for later sessions
  public int run(Optional<Path> history) {
    Optional<AuditStore> audit = Optional.empty();
    try {
      audit = home.auditLog(order);
      order.model().elsewhere().forEach(console.err()::println);
      try (RoleRuntime runtime = AskedRun.opened(console, order, person, audit)) {
        WorkspaceLines lines = new WorkspaceLines(console);
        // What no prompt asks for is no part of a prompt's run.
        Workspaces workspaces =
            Workspaces.of(order.role(), runtime.through("session"), console.environment(), lines);
        Optional<AuditStore> log = audit;
        return lines.during(
            workspaces,
            working -> {
              lines.preflight(order.role(), working, RunFormat.AUTO);
              return converse(working, log, history);
            });
      }
    } catch (RemedyException e) {
      console.complain(e.getMessage(), e.remedy());
      return ExitCodes.of(e);
    } catch (InputLines.TooLongException e) {
      console.complain(
          String.valueOf(e.getMessage()), "Write it to a file, and name the file in the prompt.");
      return ExitCodes.USAGE;
    } finally {
      audit.ifPresent(AuditStore::close);
    }
  }

  private int converse(RoleRuntime runtime, Optional<AuditStore> audit, Optional<Path> history) {
    try (ReplUi ui = ui(history, runtime::redacted);
        SessionAgent agent =
            SessionAgent.open(order, runtime.through(order.caller().door()), home, ui.delivery())) {
      SessionJobs jobs = SessionJobs.of(ui, order.role(), runtime, new JobLines(console));
      SessionCommands commands =
          new SessionCommands(
              ui, agent, runtime, calls, jobs, AuditLocation.home(console.environment()), begin);
      Parts parts = new Parts(ui, agent, runtime, audit, ui.approver(runtime), commands);
      ui.greet(greeting(agent.model(), commands));
      Optional<String> next = Optional.of(firstPrompt());
      while (next.isPresent() && !SessionCommands.isEnd(next.get())) {
        String text = next.get();
        if (COMMAND.matcher(text).matches()) {
          commands.run(text.strip());
        } else if (!text.isBlank() && !goesOnAfter(text, parts)) {
          break;
        }
        // Without an output the user would not see the model's answer.
        next = console.outputFailure().isPresent() ? Optional.empty() : ui.next();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return status;
  }

  /// The parts that all runs of a session share.
  private record Parts(
      ReplUi ui,
      SessionAgent agent,
      RoleRuntime runtime,
      Optional<AuditStore> audit,
      Approver approver,
      SessionCommands commands) {}

  private ReplUi ui(Optional<Path> history, UnaryOperator<String> redaction) {
    boolean person =
        console.input() == Console.Output.TERMINAL && console.output() == Console.Output.TERMINAL;
    return person ? TerminalUi.open(console, history, redaction) : new LineUi(console);
  }

  private List<String> greeting(Model model, SessionCommands commands) {
    return List.of(
        order.role().metadata().name() + " · " + model.provider() + ":" + model.name(),
        commands.host(),
        "/help lists the commands; Ctrl-D ends.");
  }

  private String firstPrompt() {
    return order.task() instanceof RunOrder.Task.Ask(String prompt) ? prompt : "";
  }

  /// Whether the session can continue after this prompt.
  private boolean goesOnAfter(String prompt, Parts parts) {
    ReplUi ui = parts.ui();
    if (isOverBudget(ui)) {
      status = ui.statusOfFailures();
      return true;
    }
    RunOrder run = parts.agent().order().asking(prompt);
    parts.commands().add(run.runId());
    RunRecord record = new RunRecord(parts.audit(), run);
    record.redact(parts.runtime()::redacted);
    RunEnd end = record.during(() -> connected(record, parts));
    budget.add(end.run().usage());
    for (RemedyException unkept : end.unkept()) {
      ui.complain(unkept.getMessage(), unkept.remedy());
    }
    int shown =
        ui.show(
            new RunAttempt(console, run, RunFormat.AUTO, home),
            new RunReport(run, Optional.of(parts.agent().model()), end.run()));
    if (shown != ExitCodes.OK) {
      status = shown;
    }
    budget.warning().ifPresent(ui::note);
    return shown == ExitCodes.OK || shown == ExitCodes.FAILED;
  }

  /// The terminal is free before a run alone: a connection that was lost meanwhile is made anew
  /// now, as its login may ask.
  private RunEnd connected(RunRecord record, Parts parts) {
    if (person.isEmpty()) {
      return make(record, parts);
    }
    try {
      parts.runtime().preflight();
    } catch (RemedyException unreachable) {
      parts.ui().complain(unreachable.getMessage(), unreachable.remedy());
    }
    return person.get().busyDuring(() -> make(record, parts));
  }

  private RunEnd make(RunRecord record, Parts parts) {
    return parts
        .ui()
        .watch(
            parts.runtime(),
            calls.size(),
            (events, output) ->
                parts
                    .agent()
                    .say(record, new RunWatch(calls.andThen(events), output, parts.approver())));
  }

  private boolean isOverBudget(ReplUi ui) {
    Optional<AgentRun.Failure> over = budget.exceeded();
    over.ifPresent(why -> ui.complain(why.message(), why.remedy()));
    return over.isPresent();
  }
}

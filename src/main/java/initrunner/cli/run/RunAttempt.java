package initrunner.cli.run;

import initrunner.agent.AgentRun;
import initrunner.audit.AuditStore;
import initrunner.cli.ask.AskedRun;
import initrunner.cli.ask.LoginTerminal;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.exec.RemedyException;
import initrunner.model.http.Models;
import initrunner.run.ReadyAgent;
import initrunner.run.RunEnd;
import initrunner.run.RunHome;
import initrunner.run.RunOrder;
import initrunner.run.RunRecord;
import initrunner.run.Workspace;
import initrunner.run.Workspaces;
import initrunner.runtime.RoleRuntime;
import java.util.Optional;
import java.util.function.Supplier;

/// Starts or resumes one run, and shows its result.
public final class RunAttempt {

  private static final int SIGINT = 2;

  private final Console console;
  private final RunOrder order;
  private final RunFormat format;
  private final RunOutput output;
  private final RunHome home;
  private final Optional<LoginTerminal> person;

  public RunAttempt(Console console, RunOrder order, RunFormat format, RunHome home) {
    this.console = console;
    this.order = order;
    this.format = format;
    this.output = new RunOutput(console, order, format);
    this.home = home;
    this.person = LoginTerminal.of(console, order.role(), false);
  }

  /// Runs it and returns the exit status. Blocks until the run is over; an interrupt stops it.
  public int run() {
    Optional<AuditStore> audit = Optional.empty();
    try {
      audit = home.auditLog(order);
      RunRecord record = new RunRecord(audit, order);
      return run(audit, record);
    } catch (RemedyException e) {
      output.showFailure(e.getMessage(), e.remedy());
      for (Throwable beside : e.getSuppressed()) {
        console.err().println("Error: " + beside.getMessage());
      }
      return complained(e.getMessage(), e.remedy(), ExitCodes.of(e));
    } finally {
      audit.ifPresent(AuditStore::close);
    }
  }

  private int run(Optional<AuditStore> audit, RunRecord record) {
    return record.during(() -> {
      if (!(order.task() instanceof RunOrder.Task.Describe)) {
        output.beginAt(order.model().elsewhere());
      }
      try (RoleRuntime runtime = AskedRun.opened(console, order, person, audit)) {
        record.redact(runtime::redacted);
        WorkspaceLines lines = new WorkspaceLines(console);
        return switch (order.task()) {
          case RunOrder.Task.Describe _ -> {
            output.describe(runtime, workspaces(runtime, Workspace.Start.NEW, lines).reached());
            yield ExitCodes.OK;
          }
          case RunOrder.Task.Ask _ ->
              made(record, workspaces(runtime, Workspace.Start.NEW, lines), lines);
          case RunOrder.Task.Continue _ ->
              made(record, workspaces(runtime, Workspace.Start.RESUMED, lines), lines);
        };
      }
    });
  }

  private Workspaces workspaces(RoleRuntime runtime, Workspace.Start start, WorkspaceLines lines) {
    return Workspaces.of(order.role(), runtime, console.environment(), start, lines);
  }

  private int made(RunRecord record, Workspaces workspaces, WorkspaceLines lines) {
    return lines.during(
        workspaces,
        runtime -> {
          lines.preflight(order.role(), runtime, format);
          return busy(() -> shown(make(record, runtime)));
        });
  }

  /// The run writes to the terminal, so a question would be lost between its lines.
  private int busy(Supplier<Integer> work) {
    return person.isPresent() ? person.get().busyDuring(work) : work.get();
  }

  private RunEnd make(RunRecord record, RoleRuntime runtime) {
    Models.Delivery delivery =
        output.isWrittenAsItComes() ? Models.Delivery.STREAMED : Models.Delivery.WHOLE;
    try (ReadyAgent agent = ReadyAgent.open(order, runtime, home, delivery)) {
      output.asks(agent.model());
      return output.watch(runtime, watch -> agent.run(record, watch));
    }
  }

  /// Shows the result and returns the exit status. Failures to store parts of the run follow its
  /// answer.
  public int shown(RunEnd end) {
    int status = shown(end.run());
    for (RemedyException unkept : end.unkept()) {
      status = Math.max(status, complained(unkept.getMessage(), unkept.remedy(), ExitCodes.FAILED));
    }
    return status;
  }

  private int shown(AgentRun run) {
    output.show(run);
    if (run.pause().isPresent()) {
      output.explainPause(run.pause().get());
      return ExitCodes.PAUSED;
    }
    return run.failure()
        .map(failure -> complained(failure.message(), remedy(failure), ExitCodes.FAILED))
        .orElse(ExitCodes.OK);
  }

  private String remedy(AgentRun.Failure failure) {
    return switch (order.task()) {
      case RunOrder.Task.Ask _, RunOrder.Task.Describe _ -> failure.remedy();
      case RunOrder.Task.Continue _ ->
          failure.remedy()
              + "\nThat is a new run (initrunner run): the answers to run "
              + order.runId()
              + " are used, and approve takes no others.";
    };
  }

  private int complained(String what, String remedy, int status) {
    console.complain(what, remedy);
    return Thread.interrupted() ? ExitCodes.signal(SIGINT) : status;
  }
}

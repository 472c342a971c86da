package initrunner.cli;

import initrunner.audit.AuditLocation;
import initrunner.audit.AuditStore;
import initrunner.cli.console.Console;
import initrunner.cli.console.ConsoleSink;
import initrunner.cli.console.EscapableKeys;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.console.LentTerminal;
import initrunner.cli.console.WaitLine;
import initrunner.cli.exec.ExecReport;
import initrunner.cli.run.AwaitedSink;
import initrunner.cli.run.WorkspaceLines;
import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import initrunner.exec.Stdin;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import initrunner.exec.transport.ShellStatus;
import initrunner.role.Role;
import initrunner.role.sandbox.WorkspaceSettings;
import initrunner.run.MountsBack;
import initrunner.runtime.RoleRuntime;
import initrunner.runtime.Sandbox;
import initrunner.text.ShellWord;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// One command in a role's sandbox, with its end reported on a console.
///
/// @param hook the client whose hook asks; empty for a person
record ExecCall(Console console, Role role, Command command, Limits limits, Optional<String> hook) {

  /// How the caller gets the output.
  enum Form {
    /// As it arrives, on this process's standard output and standard error.
    STREAMS,
    /// In one JSON object at the end.
    JSON,
    /// On this process's terminal, which the command gets.
    TERMINAL
  }

  /// Bounds each stream in a JSON object.
  private static final int MAX_REPORTED_BYTES = 1 << 20;

  /// An exit status is one byte: 256 would become 0.
  private static final int MAX_STATUS = 255;

  /// There is no such program, by the convention of shells and `env`.
  private static final int NOT_FOUND = 127;

  /// Runs the command to its end and returns the exit status. Blocks; an interrupt stops the
  /// command.
  ///
  /// @throws TransportException if nothing was started
  int run(Sandbox sandbox, Optional<AuditStore> audit, Form form) {
    tellOf(sandbox.variables().filter().filter(command.environment()).dropped());
    String runId = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(), 12);
    try (RoleRuntime runtime = recorded(RoleRuntime.open(role, sandbox, audit, runId))) {
      return switch (form) {
        case STREAMS -> withMounts(stream(runtime), runtime);
        case JSON -> report(runtime);
        case TERMINAL -> withMounts(inTerminal(runtime), runtime);
      };
    } catch (TransportException e) {
      throw isWorkspaceMissing(e)
          ? new TransportException(
              e.kind(),
              e.target(),
              String.valueOf(e.getMessage()),
              "It is the directory of the role's workspace: the first run makes it, and so does"
                  + " initrunner sync.")
          : e;
    }
  }

  /// Over ssh, a command is invalid only where the directory is missing in which it starts.
  private boolean isWorkspaceMissing(TransportException failure) {
    return failure.kind() == TransportException.Kind.COMMAND_INVALID
        && command.workingDirectory().isEmpty()
        && WorkspaceSettings.of(role.sandbox()).isPresent();
  }

  /// The audit log tells a person's commands from those of a client's own shell.
  private RoleRuntime recorded(RoleRuntime runtime) {
    return hook.map(client -> runtime.through("hook").askedBy(client))
        .orElseGet(() -> runtime.through("exec"));
  }

  private int stream(RoleRuntime runtime) {
    try (ConsoleSink sink = new ConsoleSink(console, limits)) {
      Outcome outcome = awaited(runtime, sink);
      if (sink.failure().isPresent()) {
        Thread.interrupted();
        return unwritten(sink.failure().get(), outcome.ended(), runtime.place());
      }
      tellOf(outcome, runtime.place());
      if (command.stdin() instanceof Stdin.Nothing && console.hasUnreadPipe()) {
        say("the input from the pipe was not read; --stdin - passes it to the command");
      }
      return sink.isCut() ? cutStatus(outcome.ended()) : status(outcome.ended());
    }
  }

  /// Ctrl-C ends the wait for the connection, and is the command's from then on.
  private int inTerminal(RoleRuntime runtime) {
    try (WaitLine _ =
        console.waiting(() -> runtime.preparing().orElse("connecting to " + runtime.place()))) {
      runtime.preflight();
    }
    Thread caller = Thread.currentThread();
    EscapableKeys keys = new EscapableKeys(console.stdin(), caller::interrupt);
    Outcome outcome;
    try (LentTerminal terminal = LentTerminal.lend(console, keys);
        ConsoleSink sink = new ConsoleSink(console, limits)) {
      outcome = runtime.exec(command.withStdin(terminal.stdin()), limits, sink);
      if (!isItsOwn(outcome.ended())) {
        sink.stdout(terminal.tidying());
      }
    }
    tellOf(outcome, runtime.place());
    return status(outcome.ended());
  }

  private static boolean isItsOwn(Ended ended) {
    return switch (ended) {
      case Ended.Exited _, Ended.Signaled _ -> true;
      case Ended.OutOfMemory _, Ended.TimedOut _, Ended.Cancelled _, Ended.Lost _ -> false;
    };
  }

  /// Shows nothing where the command's input is typed.
  private Outcome awaited(RoleRuntime runtime, ConsoleSink sink) {
    boolean isTyped =
        command.stdin() instanceof Stdin.Stream && console.input() == Console.Output.TERMINAL;
    if (isTyped || console.errorOutput() != Console.Output.TERMINAL) {
      return runtime.exec(command, limits, sink);
    }
    String program = command.argv().getFirst();
    try (AwaitedSink awaited = new AwaitedSink(console, runtime, program, sink)) {
      return runtime.exec(command, limits, awaited);
    }
  }

  /// The exit status if a failed write of the output ended the call.
  private int unwritten(ConsoleSink.OutputException failure, Ended ended, String place) {
    Optional<Stop> stop =
        switch (ended) {
          case Ended.Cancelled(Stop found) -> Optional.of(found);
          case Ended.TimedOut(Stop found) -> Optional.of(found);
          case Ended.Lost _ -> Optional.of(Stop.UNKNOWN);
          case Ended.Exited _, Ended.Signaled _, Ended.OutOfMemory _ -> Optional.empty();
        };
    if (!failure.isBrokenPipe()) {
      say(
          stop.map(found -> after(found, place) + ", because its output cannot be written: ")
                  .orElse("its output cannot be written: ")
              + failure.getMessage());
      return ExitCodes.EXEC_FAILED;
    }
    stop.filter(found -> found != Stop.STOPPED)
        .ifPresent(found -> say("the reader of the output is gone; " + after(found, place)));
    return ExitCodes.BROKEN_PIPE;
  }

  /// A success status would make a caller take a part of the output for all of it.
  private int cutStatus(Ended ended) {
    return switch (ended) {
      case Ended.Exited _, Ended.Signaled _ -> {
        say("the command was over, but not all of its output was read in time");
        yield ExitCodes.TIMED_OUT;
      }
      case Ended.TimedOut _, Ended.Cancelled _, Ended.Lost _, Ended.OutOfMemory _ -> status(ended);
    };
  }

  /// The command's exit status, or that of a failure if it had none and not all of the role's
  /// mounts came back.
  private int withMounts(int status, RoleRuntime runtime) {
    MountsBack mounts =
        new MountsBack(
            role, runtime, AuditLocation.home(console.environment()), new WorkspaceLines(console));
    return mounts.areBack() || status != ExitCodes.OK ? status : ExitCodes.FAILED;
  }

  private int report(RoleRuntime runtime) {
    Captured captured = new Captured(MAX_REPORTED_BYTES);
    try {
      Outcome outcome = runtime.exec(command, limits, captured);
      int status = withMounts(status(outcome.ended()), runtime);
      console.out().println(ExecReport.of(role, outcome, captured).json(status));
      return status;
    } catch (TransportException e) {
      console.out().println(ExecReport.of(role, e).json(ExitCodes.EXEC_FAILED));
      throw e;
    }
  }

  private static int status(Ended ended) {
    int status = ShellStatus.of(ended);
    return status < 0 || status > MAX_STATUS ? MAX_STATUS : status;
  }

  private void tellOf(List<String> dropped) {
    if (!dropped.isEmpty()) {
      say(
          "not passed on, as the name is that of a secret: "
              + String.join(", ", dropped)
              + "; export it, and name it in secret_env of a role");
    }
  }

  private void tellOf(Outcome outcome, String place) {
    switch (outcome.ended()) {
      case Ended.TimedOut(Stop stop) -> say("timed out; " + after(stop, place));
      case Ended.Cancelled(Stop stop) -> {
        if (stop != Stop.STOPPED) {
          say("interrupted; " + after(stop, place));
        }
      }
      case Ended.Lost(String reason) ->
          say("lost the connection to " + place + ", where the command may still run: " + reason);
      case Ended.OutOfMemory _ ->
          say("out of memory: the command used more than its sandbox allows, and was ended");
      case Ended.Exited(int status) -> {
        tellOf(outcome.output(), place);
        if (status == NOT_FOUND) {
          hintAtAShell();
        }
      }
      case Ended.Signaled _ -> tellOf(outcome.output(), place);
    }
  }

  /// A line of a shell in one word is the name of one program here.
  private void hintAtAShell() {
    String program = command.argv().getFirst();
    if (command.argv().size() == 1 && program.contains(" ")) {
      say(
          "no shell reads the words behind --, so that is the name of one program; for a line of a"
              + " shell, name one: -- sh -c "
              + ShellWord.quote(program));
    }
  }

  private void tellOf(OutputEnd output, String place) {
    switch (output) {
      case COMPLETE -> {}
      case HELD_OPEN ->
          say("a process that the command left running still has its output open; not waiting");
      case CUT ->
          say(
              "lost the connection to "
                  + place
                  + " when the command was over; the end of its output may be missing");
    }
  }

  private static String after(Stop stop, String place) {
    return switch (stop) {
      case STOPPED -> "the command was stopped";
      case STILL_RUNNING -> "the command could not be stopped and still runs on " + place;
      case UNKNOWN -> "whether the command still runs on " + place + " is not known";
    };
  }

  private void say(String message) {
    console.err().println("initrunner: " + message);
  }
}

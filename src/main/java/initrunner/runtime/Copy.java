package initrunner.runtime;

import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Pipe;
import initrunner.exec.Stdin;
import initrunner.exec.transport.Uninterrupted;
import initrunner.runtime.moved.Passage;
import initrunner.tool.CallEnd;
import initrunner.tool.PersonsDecision;
import initrunner.tool.ScriptAnswer;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.tool.ToolResult.Status;
import initrunner.tool.files.CopyTool;
import java.io.SequenceInputStream;
import java.util.Optional;
import java.util.concurrent.FutureTask;

/// One call of `copy_file`: the command that prints the file in one sandbox runs beside the one
/// that takes it in another, and its bytes go from the one to the other in the memory of this
/// machine. Each is judged and recorded in its own sandbox. Immutable.
record Copy(SandboxAtWork from, SandboxAtWork to, ToolCall call) {

  /// Where the file comes from and where it goes, for a person.
  String place() {
    return from.place() + " to " + to.place();
  }

  boolean needsApproval() {
    return from.needsApprovalAtEnd(source()) || to.needsApprovalAtEnd(target());
  }

  private ToolCall source() {
    return new ToolCall(call.id(), CopyTool.SOURCE_END, CopyTool.ofSource(call.arguments()));
  }

  private ToolCall target() {
    return new ToolCall(call.id(), CopyTool.TARGET_END, CopyTool.ofTarget(call.arguments()));
  }

  /// Makes the call. Blocks until both commands are over; answers an interrupt by stopping them,
  /// with the interrupt flag set again.
  CallEnd made(Said said) {
    return switch (said) {
      case Said.Nothing() -> made(Optional.empty());
      case Said.Yes(PersonsDecision decision) -> made(Optional.of(decision));
      case Said.No _ -> {
        CallEnd denied = said.answer(to.copyCalls(), target());
        said.answer(from.copyCalls(), source());
        yield denied;
      }
    };
  }

  private CallEnd made(Optional<PersonsDecision> approval) {
    if (!to.copyCalls().isMade(target(), approval)) {
      CallEnd refused = to.copyCalls().answer(target(), approval);
      return end(refused, at(to, refused));
    }
    if (!from.copyCalls().isMade(source(), approval)) {
      CallEnd refused = from.copyCalls().answer(source(), approval);
      return end(refused, at(from, refused));
    }
    return passed(approval);
  }

  private static String at(SandboxAtWork sandbox, CallEnd end) {
    return "On " + sandbox.place() + ":\n" + end.result().text();
  }

  private static CallEnd end(CallEnd end, String text) {
    return new CallEnd(new ToolResult(end.result().id(), text, end.result().status()), end.ended());
  }

  /// How the command that prints the file came to its end.
  private sealed interface Printed {

    record Over(CallEnd end) implements Printed {}

    /// It was stopped, since what it printed was not wanted any more.
    record Stopped(Passage.Why why) implements Printed {}
  }

  private CallEnd passed(Optional<PersonsDecision> approval) {
    Pipe pipe = new Pipe();
    Passage passage = new Passage(pipe);
    FutureTask<CallEnd> taking = new FutureTask<>(() -> taken(pipe, approval));
    Thread taker = Thread.ofVirtual().start(taking);
    Printed printed;
    try {
      printed = printed(passage, approval);
    } finally {
      pipe.close();
      end(taker);
    }
    if (taking.state() == FutureTask.State.FAILED) {
      throw Uninterrupted.unchecked(taking.exceptionNow());
    }
    return answer(printed, taking.resultNow(), passage.isWhole());
  }

  private Printed printed(Passage passage, Optional<PersonsDecision> approval) {
    try {
      return new Printed.Over(
          from.copyCalls()
              .answer(
                  source(),
                  approval,
                  (command, limits, sink, recorded) ->
                      from.commands().run(command, limits, passage.sink(sink), recorded)));
    } catch (Passage.Stopped e) {
      return new Printed.Stopped(e.why());
    }
  }

  /// The pipe takes no more bytes once nothing reads it.
  private CallEnd taken(Pipe pipe, Optional<PersonsDecision> approval) {
    try {
      return to.copyCalls()
          .answer(
              target(),
              approval,
              (command, limits, sink, recorded) ->
                  to.commands().run(followedBy(pipe, command), limits, sink, recorded));
    } finally {
      pipe.close();
    }
  }

  private static Command followedBy(Pipe pipe, Command command) {
    return command.withStdin(
        new Stdin.Stream(new SequenceInputStream(command.stdin().open(), pipe)));
  }

  /// Waits for the thread; an interrupt is passed on to it.
  private static void end(Thread taker) {
    boolean interrupted = Thread.interrupted();
    if (interrupted) {
      taker.interrupt();
    }
    while (taker.isAlive()) {
      try {
        taker.join();
      } catch (InterruptedException e) {
        interrupted = true;
        taker.interrupt();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private CallEnd answer(Printed printed, CallEnd taken, boolean isWhole) {
    if (taken.result().status() == Status.SUCCEEDED) {
      return end(taken, "From " + place() + ":\n" + taken.result().text());
    }
    String unchanged =
        isWhole
            ? ""
            : "\nNot all of the file went to "
                + to.place()
                + ", so its files there are as they were.";
    return switch (printed) {
      case Printed.Over(CallEnd end) when end.result().status() == Status.SUCCEEDED ->
          end(taken, at(to, taken) + unchanged);
      case Printed.Over(CallEnd end) when !isWhole && isRefused(taken) ->
          end(end, at(from, end) + unchanged);
      case Printed.Over(CallEnd end) -> end(end, at(from, end) + "\n" + at(to, taken) + unchanged);
      case Printed.Stopped(Passage.Why why) ->
          switch (why) {
            case NOT_TAKEN -> end(taken, at(to, taken) + unchanged);
            case INTERRUPTED -> stopped(Status.CANCELLED, "Execution was cancelled.", unchanged);
            case NO_FILE ->
                stopped(
                    Status.FAILED,
                    "what arrived is no file: another program on the host prints into the call,"
                        + " such as an rc file of the login shell.",
                    unchanged);
            case TOO_LONG ->
                stopped(Status.FAILED, "the host sent more than it announced.", unchanged);
          };
    };
  }

  /// Whether the script there found that a file did not arrive whole, or may not be placed.
  private static boolean isRefused(CallEnd taken) {
    return taken.ended().equals(Optional.of(new Ended.Exited(ScriptAnswer.REFUSED)));
  }

  private CallEnd stopped(Status status, String reason, String unchanged) {
    return new CallEnd(
        new ToolResult(
            call.id(), "On " + from.place() + ":\nError: " + reason + unchanged, status));
  }
}

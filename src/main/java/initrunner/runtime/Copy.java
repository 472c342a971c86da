package initrunner.runtime;

import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Stdin;
import initrunner.exec.transport.Pipe;
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
import java.util.List;
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

  /// A person is not asked about what one end refuses.
  boolean needsApproval() {
    return from.isReadyAtEnd(source())
        && to.isReadyAtEnd(target())
        && (from.needsApprovalAtEnd(source()) || to.needsApprovalAtEnd(target()));
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
    if (from.isReadyAtEnd(source()) && !to.copyCalls().isMade(target(), approval)) {
      CallEnd refused = to.copyCalls().answer(target(), approval);
      return end(refused, at(to, refused));
    }
    if (!from.copyCalls().isMade(source(), approval)) {
      CallEnd refused = from.copyCalls().answer(source(), approval);
      return end(refused, at(from, refused));
    }
    return passed(approval);
  }

  /// What one end says is indented: it could print what looks like the answer of the other.
  private static String at(SandboxAtWork sandbox, CallEnd end) {
    return "On " + sandbox.place() + ":\n" + end.result().text().replaceAll("\\R(?=.)", "\n  ");
  }

  private static CallEnd end(CallEnd end, String text) {
    return new CallEnd(new ToolResult(end.result().id(), text, end.result().status()), end.ended());
  }

  private CallEnd passed(Optional<PersonsDecision> approval) {
    Pipe pipe = new Pipe();
    Passage passage = new Passage(pipe);
    FutureTask<CallEnd> printing = new FutureTask<>(() -> printed(passage, pipe, approval));
    FutureTask<CallEnd> taking = new FutureTask<>(() -> taken(pipe, approval));
    endOf(List.of(Thread.ofVirtual().start(printing), Thread.ofVirtual().start(taking)));
    return answer(value(printing), value(taking), passage);
  }

  /// The pipe has no more bytes once nothing writes to it.
  private CallEnd printed(Passage passage, Pipe pipe, Optional<PersonsDecision> approval) {
    try {
      return from.copyCalls()
          .answer(
              source(),
              approval,
              (command, limits, sink, recorded) ->
                  from.commands().run(command, limits, passage.sink(sink), recorded));
    } finally {
      pipe.close();
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

  /// Waits for the threads; an interrupt is passed on to them.
  private static void endOf(List<Thread> threads) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
          threads.forEach(Thread::interrupt);
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static CallEnd value(FutureTask<CallEnd> done) {
    if (done.state() == FutureTask.State.FAILED) {
      throw Uninterrupted.unchecked(done.exceptionNow());
    }
    return done.resultNow();
  }

  private CallEnd answer(CallEnd printed, CallEnd taken, Passage passage) {
    if (taken.result().status() == Status.SUCCEEDED) {
      return placed(taken, passage);
    }
    boolean isRefused = isRefused(taken);
    String unchanged = unchanged(isRefused, passage);
    if (passage.fault().isPresent()) {
      return failed(from, passage.fault().get() + "." + unchanged);
    }
    if (passage.isUnwanted()) {
      return end(taken, printed, at(to, taken) + unchanged);
    }
    boolean isConsequence = isRefused && !passage.isWhole();
    if (printed.result().status() == Status.SUCCEEDED) {
      return isConsequence && passage.announced().isPresent()
          ? failed(from, "it ended before it had printed all of the file." + unchanged)
          : end(taken, printed, at(to, taken) + unchanged);
    }
    return isConsequence
        ? end(printed, taken, at(from, printed) + unchanged)
        : end(printed, taken, at(from, printed) + "\n" + at(to, taken) + unchanged);
  }

  private String unchanged(boolean isRefused, Passage passage) {
    return isRefused
        ? "\nNothing was changed on " + to.place() + "."
        : passage.isWhole()
            ? ""
            : "\nNot all of the file went to " + to.place() + ", so no file there was changed.";
  }

  /// What the one end says that it has must be what the other one had.
  private CallEnd placed(CallEnd taken, Passage passage) {
    String text = taken.result().text();
    boolean isSame =
        passage.isWhole()
            && passage
                .announced()
                .map(file -> "%d bytes, SHA-256 %s.".formatted(file.bytes(), file.sha256()))
                .filter(text::contains)
                .isPresent();
    return isSame
        ? new CallEnd(
            new ToolResult(call.id(), "From " + place() + ":\n" + text, Status.SUCCEEDED),
            taken.ended())
        : failed(
            to,
            "it says that it has another file than went there, so what was done is not known: look"
                + " before you call again.");
  }

  private CallEnd failed(SandboxAtWork sandbox, String reason) {
    return new CallEnd(
        new ToolResult(call.id(), "On " + sandbox.place() + ":\nError: " + reason, Status.FAILED));
  }

  /// A call of which one end began has not been refused as a whole.
  private static CallEnd end(CallEnd end, CallEnd other, String text) {
    boolean hasBegun = end.ended().isEmpty() && other.ended().isPresent();
    return new CallEnd(
        new ToolResult(end.result().id(), text, hasBegun ? Status.FAILED : end.result().status()),
        end.ended());
  }

  /// Whether the script there found that a file did not arrive whole, or may not be placed.
  private static boolean isRefused(CallEnd taken) {
    return taken.ended().equals(Optional.of(new Ended.Exited(ScriptAnswer.REFUSED)));
  }
}

package initrunner.cli.repl;

import initrunner.agent.Approver;
import initrunner.cli.console.Style;
import initrunner.cli.run.RunAttempt;
import initrunner.cli.run.RunReport;
import initrunner.model.RunEvent;
import initrunner.model.http.Models;
import initrunner.run.RunEnd;
import initrunner.runtime.RoleRuntime;
import initrunner.runtime.output.OutputWatcher;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The user interface of a session: reads its prompts and shows its runs. For one thread.
interface ReplUi extends AutoCloseable {

  @FunctionalInterface
  interface Turn {

    /// Runs it to its end. Blocks; an interrupt ends it.
    RunEnd run(Consumer<RunEvent> events, OutputWatcher output);
  }

  void greet(List<String> lines);

  /// The next prompt or command, with all its lines; empty at the end. Blocks.
  ///
  /// @throws InterruptedException if the session is to end
  Optional<String> next() throws InterruptedException;

  Models.Delivery delivery();

  Approver approver(RoleRuntime runtime);

  /// Runs a turn and shows it meanwhile. Blocks as the run does.
  ///
  /// @param callsBefore of the same session
  RunEnd watch(RoleRuntime runtime, int callsBefore, Turn turn);

  /// Shows the result of a run.
  ///
  /// @param attempt that ran it
  /// @return its exit status
  int show(RunAttempt attempt, RunReport report);

  /// Does what may take long between the runs, on this thread or another. Blocks until it is done;
  /// Ctrl-C interrupts it.
  default void interruptibly(Runnable work) {
    work.run();
  }

  /// Prints a line of a command's answer.
  void say(String line);

  /// Prints a line of a call's output or edit.
  default void say(Style style, String line) {
    say(line);
  }

  /// Prints a line beside the answers.
  void note(String line);

  /// Prints a failure and the next step.
  void complain(String what, String remedy);

  /// The status of a session in which some prompts had no answer.
  int statusOfFailures();

  @Override
  void close();
}

package initrunner.cli;

import initrunner.agent.Approver;
import initrunner.model.RunEvent;
import initrunner.model.http.Models;
import initrunner.run.RunEnd;
import initrunner.runtime.OutputWatcher;
import initrunner.runtime.RoleRuntime;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Where a session's prompts come from, and where all that comes of them is shown. Used by one
/// thread.
interface SessionDesk extends AutoCloseable {

  /// One prompt's run.
  @FunctionalInterface
  interface Turn {

    /// Runs it to its end. Blocks; an interrupt ends it.
    RunEnd run(Consumer<RunEvent> events, OutputWatcher output);
  }

  /// What a person sees first.
  void greet(List<String> lines);

  /// The next prompt or command, with all its lines; empty at the end. Blocks.
  ///
  /// @throws InterruptedException if the session is to end
  Optional<String> next() throws InterruptedException;

  /// Whether an answer is wanted while it is being written.
  Models.Delivery delivery();

  /// Who is asked about calls that need a yes.
  Approver approver(RoleRuntime runtime);

  /// Makes a run and shows it meanwhile. Blocks as the run does.
  RunEnd watch(RoleRuntime runtime, Turn turn);

  /// Shows what came of a run.
  ///
  /// @param attempt that made it
  /// @return its exit status
  int show(RunAttempt attempt, RunReport report);

  /// A line that answers a command.
  void say(String line);

  /// A line beside what was asked for.
  void note(String line);

  /// What went wrong, and the next step.
  void complain(String what, String remedy);

  /// The status of a session in which some prompts had no answer.
  int statusOfFailures();

  @Override
  void close();
}

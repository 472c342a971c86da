package initrunner.cli;

import initrunner.agent.PausedRun;
import initrunner.role.Role;

/// One run to be made or continued.
///
/// @param setting what is stored of it, should it pause
record RunOrder(Role role, String runId, Task task, ModelChoice model, PausedRun.Setting setting) {

  /// What is to be done.
  sealed interface Task {

    /// A new run.
    record Ask(String prompt) implements Task {}

    /// A new run is described and not made.
    record Describe() implements Task {}

    /// A run that paused is continued.
    record Continue(PausedRun run, GivenAnswers answers) implements Task {}
  }

  /// How many times the run has paused before.
  int pauses() {
    return switch (task) {
      case Task.Ask _, Task.Describe _ -> 0;
      case Task.Continue(PausedRun paused, GivenAnswers _) -> paused.number();
    };
  }

  /// What a person names the next pause by.
  String approvalId() {
    return PausedRun.approvalId(runId, pauses() + 1);
  }
}

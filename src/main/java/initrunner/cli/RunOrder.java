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
}

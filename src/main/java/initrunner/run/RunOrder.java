package initrunner.run;

import initrunner.agent.PausedRun;
import initrunner.model.ReplayModel;
import initrunner.role.Role;
import initrunner.runtime.RoleHost;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/// One run to start or resume.
///
/// @param setting stored with the run if it pauses
public record RunOrder(
    RoleSource source,
    String runId,
    Task task,
    ModelChoice model,
    PausedRun.Setting setting,
    Caller caller) {

  private static final int RUN_ID_BYTES = 6;

  public sealed interface Task {

    record Ask(String prompt) implements Task {}

    /// Describes a new run without starting it.
    record Describe() implements Task {}

    record Continue(PausedRun run, GivenAnswers answers) implements Task {}
  }

  public enum Caller {
    COMMAND_LINE("cli"),
    /// A Java program that uses InitRunner as a library.
    LIBRARY("library"),
    /// An editor (Agent Client Protocol).
    EDITOR("acp");

    private final String trigger;

    Caller(String trigger) {
      this.trigger = trigger;
    }

    /// The way in, as commands are named.
    public String door() {
      return this == COMMAND_LINE ? "run" : trigger;
    }

    /// The origin's word in the audit log.
    String trigger() {
      return trigger;
    }
  }

  public Role role() {
    return source.role();
  }

  /// What a new run needs to continue after a pause.
  ///
  /// @param record the file that records the model's turns
  /// @param auditDatabase empty for no audit log
  public static PausedRun.Setting setting(
      RoleSource source, ModelChoice model, Optional<Path> record, Optional<Path> auditDatabase) {
    return new PausedRun.Setting(
        source.role().file(),
        source.sha256(),
        RoleHost.each(source.role()),
        model instanceof ModelChoice.Asked
            ? Optional.of(model.provider() + ":" + model.name())
            : Optional.empty(),
        model instanceof ModelChoice.Replayed(ReplayModel turns)
            ? Optional.of(turns.file())
            : Optional.empty(),
        record,
        auditDatabase);
  }

  /// A new, unique id.
  public static String newRunId() {
    byte[] bytes = new byte[RUN_ID_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// The run's prompt; empty if it is only described.
  public String prompt() {
    return switch (task) {
      case Task.Ask(String prompt) -> prompt;
      case Task.Describe() -> "";
      case Task.Continue(PausedRun paused, GivenAnswers _) -> paused.prompt();
    };
  }

  /// The same order for another prompt, as a run of its own.
  public RunOrder asking(String prompt) {
    return new RunOrder(source, newRunId(), new Task.Ask(prompt), model, setting, caller);
  }

  /// The same order for another model.
  public RunOrder asking(ModelChoice other) {
    PausedRun.Setting changed = setting(source, other, setting.record(), setting.auditDatabase());
    return new RunOrder(source, runId, task, other, changed, caller);
  }

  /// How many times the run has paused.
  public int pauses() {
    return switch (task) {
      case Task.Ask _, Task.Describe _ -> 0;
      case Task.Continue(PausedRun paused, GivenAnswers _) -> paused.number();
    };
  }

  /// The name of the next pause for a person.
  public String approvalId() {
    return PausedRun.approvalId(runId, pauses() + 1);
  }
}

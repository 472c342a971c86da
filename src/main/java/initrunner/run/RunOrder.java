package initrunner.run;

import initrunner.agent.PausedRun;
import initrunner.role.Role;
import java.security.SecureRandom;
import java.util.HexFormat;

/// One run to be made or continued.
///
/// @param setting what is stored of it, should it pause
public record RunOrder(
    Role role,
    String runId,
    Task task,
    ModelChoice model,
    PausedRun.Setting setting,
    Caller caller) {

  private static final int RUN_ID_BYTES = 6;

  /// What is to be done.
  public sealed interface Task {

    /// A new run.
    record Ask(String prompt) implements Task {}

    /// A new run is described and not made.
    record Describe() implements Task {}

    /// A run that paused is continued.
    record Continue(PausedRun run, GivenAnswers answers) implements Task {}
  }

  /// What asks for a run.
  public enum Caller {
    COMMAND_LINE("cli"),
    /// A program that embeds this one.
    LIBRARY("library");

    private final String trigger;

    Caller(String trigger) {
      this.trigger = trigger;
    }

    /// The word for it in the audit log.
    String trigger() {
      return trigger;
    }
  }

  /// A name that no other run has.
  public static String newRunId() {
    byte[] bytes = new byte[RUN_ID_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// What was asked for when the run began; nothing where it is only described.
  public String prompt() {
    return switch (task) {
      case Task.Ask(String prompt) -> prompt;
      case Task.Describe() -> "";
      case Task.Continue(PausedRun paused, GivenAnswers _) -> paused.prompt();
    };
  }

  /// The same for another prompt, as a run of its own.
  public RunOrder asking(String prompt) {
    return new RunOrder(role, newRunId(), new Task.Ask(prompt), model, setting, caller);
  }

  /// How many times the run has paused before.
  public int pauses() {
    return switch (task) {
      case Task.Ask _, Task.Describe _ -> 0;
      case Task.Continue(PausedRun paused, GivenAnswers _) -> paused.number();
    };
  }

  /// What a person names the next pause by.
  public String approvalId() {
    return PausedRun.approvalId(runId, pauses() + 1);
  }
}

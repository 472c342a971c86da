package initrunner.tool;

import initrunner.exec.Command;
import initrunner.exec.Limits;

/// What a tool decided about one call.
public sealed interface Plan {

  /// What comes of a call that is not refused.
  sealed interface Made extends Plan {}

  /// Nothing is to be run: this is the answer.
  ///
  /// @param text for the model
  record Answered(String text, ToolResult.Status status) implements Made {}

  /// Run this.
  ///
  /// @param maxOutputBytes of the command's output that are kept for the answer; the lines that say
  ///   how it ended come on top
  /// @param answer how the outcome reads to the model
  record Run(Command command, Limits limits, int maxOutputBytes, Answer answer) implements Made {

    /// One whose outcome reads as that of any command.
    public Run(Command command, Limits limits, int maxOutputBytes) {
      this(command, limits, maxOutputBytes, Answer.PLAIN);
    }
  }

  /// Run nothing.
  ///
  /// @param program what was asked for, for the record, without anything that might be a secret;
  ///   empty where no program was found
  /// @param reason in words the model can act on; the text that it gets
  record Refused(String program, String reason) implements Plan {}
}

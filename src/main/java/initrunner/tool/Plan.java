package initrunner.tool;

import initrunner.exec.Command;
import initrunner.exec.Limits;

/// What a tool decided about one call.
public sealed interface Plan {

  /// Run this.
  ///
  /// @param maxOutputBytes of the command's output that go back to the model; the lines that say
  ///   how it ended come on top
  record Run(Command command, Limits limits, int maxOutputBytes) implements Plan {}

  /// Run nothing.
  ///
  /// @param program what was asked for, for the record, without anything that might be a secret;
  ///   empty where no program was found
  /// @param reason in words the model can act on; the text that it gets
  record Refused(String program, String reason) implements Plan {}
}

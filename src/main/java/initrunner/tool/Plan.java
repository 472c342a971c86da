package initrunner.tool;

import initrunner.exec.Command;
import initrunner.exec.Limits;

/// What a tool decided about one call.
public sealed interface Plan {

  /// Run this.
  ///
  /// @param maxOutputBytes of the text that goes back to the model
  record Run(Command command, Limits limits, int maxOutputBytes) implements Plan {}

  /// Run nothing.
  ///
  /// @param program the base name of what was asked for, for the record; empty where none was found
  /// @param reason in words the model can act on; the text that it gets
  record Refused(String program, String reason) implements Plan {}
}

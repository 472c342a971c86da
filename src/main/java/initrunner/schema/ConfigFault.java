package initrunner.schema;

import initrunner.text.SafeText;
import java.nio.file.Path;

/// One fault of a file.
///
/// @param line of the offending key or value, from 1; 0 for the file as a whole
/// @param column of it in characters, from 1; 0 as the line
/// @param path of the field, as `spec.security.sandbox.ssh.host`; empty if no field is at fault
/// @param message what is wrong, the value found, what is allowed, and the next step
public record ConfigFault(Path file, int line, int column, String path, String message) {

  /// `file:line:column: path: message`, without a path or position that it does not have.
  @Override
  public String toString() {
    String given = file.toString();
    String name = given.isEmpty() ? SafeText.quoted(given) : SafeText.escaped(given);
    String at = line == 0 ? name + ": " : name + ":" + line + ":" + column + ": ";
    return path.isEmpty() ? at + message : at + path + ": " + message;
  }
}

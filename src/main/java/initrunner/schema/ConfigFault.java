package initrunner.schema;

import initrunner.text.SafeText;
import java.nio.file.Path;

/// One thing that is wrong with a role file.
///
/// @param line of the offending key or value, from 1; 0 where the file as a whole is at fault
/// @param column of it in characters, from 1; 0 as the line
/// @param path of the field, as `spec.security.sandbox.ssh.host`; empty where no field is at fault
/// @param message what is wrong, which value was found, what is allowed, and what to do
public record ConfigFault(Path file, int line, int column, String path, String message) {

  /// `file:line:column: path: message`, without the path or the position where there is none.
  @Override
  public String toString() {
    String given = file.toString();
    String name = given.isEmpty() ? SafeText.quoted(given) : SafeText.escaped(given);
    String at = line == 0 ? name + ": " : name + ":" + line + ":" + column + ": ";
    return path.isEmpty() ? at + message : at + path + ": " + message;
  }
}

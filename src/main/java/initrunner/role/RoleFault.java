package initrunner.role;

import java.nio.file.Path;

/// One thing that is wrong with a role file.
///
/// @param line of the offending key or value, from 1
/// @param column of it, from 1
/// @param path of the field, as `spec.security.sandbox.ssh.host`; empty for the file as a whole
/// @param message what is wrong, which value was found, what is allowed, and what to do
public record RoleFault(Path file, int line, int column, String path, String message) {

  /// `file:line:column: path: message`, or without the path where the fault is the file's.
  @Override
  public String toString() {
    String at = file + ":" + line + ":" + column + ": ";
    return path.isEmpty() ? at + message : at + path + ": " + message;
  }
}

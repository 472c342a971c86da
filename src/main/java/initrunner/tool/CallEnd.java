package initrunner.tool;

import initrunner.exec.Ended;
import java.util.Optional;

/// The answer to a call, and how its command ended.
///
/// @param ended empty if no command was started, or only a script of InitRunner that succeeded
public record CallEnd(ToolResult result, Optional<Ended> ended) {

  /// The answer to a call without a command.
  public CallEnd(ToolResult result) {
    this(result, Optional.empty());
  }
}

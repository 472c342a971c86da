package initrunner.runtime.output;

import initrunner.tool.ToolCall;
import java.util.List;

/// Watches the output of the commands of tool calls while they run.
@FunctionalInterface
public interface OutputWatcher {

  /// Ignores the output at no cost.
  OutputWatcher NONE = (call, lines) -> {};

  /// Gets the next lines that are not empty, in their order. The list is valid only during this
  /// call, its elements afterwards too. Several threads call this, one for each tool call; blocking
  /// here slows the command.
  void lines(ToolCall call, List<OutputLine> lines);
}

package initrunner.runtime;

import initrunner.tool.ToolCall;
import java.util.List;

/// Sees what the commands of tool calls print, while they run.
@FunctionalInterface
public interface OutputWatcher {

  /// Sees nothing, and costs nothing.
  OutputWatcher NONE = (call, lines) -> {};

  /// The next lines that are not empty, in their order. The list can be read during this call only,
  /// its elements afterwards too. Called from several threads, for one call from one thread; what
  /// blocks here slows the command.
  void lines(ToolCall call, List<OutputLine> lines);
}

package initrunner.runtime;

import initrunner.tool.ToolCall;

/// Sees what the commands of tool calls print, while they run.
@FunctionalInterface
public interface OutputWatcher {

  /// Nobody looks.
  OutputWatcher NONE = (call, line) -> {};

  /// One more line, without its end; of a very long one, its beginning and `…`. The known secrets
  /// are taken out of it, control characters are not. Called from several threads, for one call
  /// from one thread; what blocks here slows the command.
  void line(ToolCall call, String line);
}

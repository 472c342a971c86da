package initrunner.door.acp;

import initrunner.tool.ToolCall;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The calls that a person allows for a whole session: the same tool with the same arguments. Safe
/// for many threads.
final class AlwaysAllowed {

  private record Same(String tool, Map<String, Object> arguments) {

    Same(ToolCall call) {
      this(call.tool(), call.arguments());
    }
  }

  private final Set<Same> calls = ConcurrentHashMap.newKeySet();

  void add(ToolCall call) {
    calls.add(new Same(call));
  }

  boolean contains(ToolCall call) {
    return calls.contains(new Same(call));
  }
}

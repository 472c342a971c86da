package initrunner.tool;

import java.util.Map;
import java.util.stream.Collectors;

/// A model's request for one tool.
///
/// @param id the model's id of the call
public record ToolCall(String id, String tool, Map<String, Object> arguments) {

  /// For a person: the only argument if it is a text, else all of them; the tool's name without
  /// any.
  public String summary() {
    if (arguments.isEmpty()) {
      return tool;
    }
    if (arguments.size() == 1 && arguments.values().iterator().next() instanceof String text) {
      return text;
    }
    return arguments.entrySet().stream()
        .map(argument -> argument.getKey() + "=" + argument.getValue())
        .collect(Collectors.joining(" "));
  }
}

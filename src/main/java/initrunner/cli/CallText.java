package initrunner.cli;

import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;

/// Words for what happens in a run. Stateless.
final class CallText {

  private CallText() {}

  /// The only argument where it is text, else all of them; the tool where there are none.
  static String summary(ToolCall call) {
    if (call.arguments().isEmpty()) {
      return call.tool();
    }
    if (call.arguments().size() == 1
        && call.arguments().values().iterator().next() instanceof String text) {
      return text;
    }
    return call.arguments().entrySet().stream()
        .map(argument -> argument.getKey() + "=" + argument.getValue())
        .collect(Collectors.joining(" "));
  }

  /// How a call ended.
  static String end(ToolResult result) {
    String firstLine = result.text().lines().findFirst().orElse("");
    return switch (result.status()) {
      case SUCCEEDED -> "exit 0";
      case FAILED -> firstLine.replaceFirst("^Exit code: ", "exit ");
      case TIMED_OUT, CANCELLED, LOST, REFUSED, INVALID, NOT_STARTED ->
          firstLine.replaceFirst("^Error: ", "").replaceFirst("\\.$", "");
    };
  }

  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}

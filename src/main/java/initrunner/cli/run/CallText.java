package initrunner.cli.run;

import initrunner.model.ToolRequest;
import initrunner.text.JsonText;
import initrunner.text.SafeText;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Describes a run's calls. Stateless.
public final class CallText {

  private static final int MOST_FIRST = 600;
  private static final int MOST_LAST = 300;

  /// Above those of several sandboxes in which a call failed.
  private static final Pattern FAILURES = Pattern.compile("== (\\d+ hosts?, .+)");

  /// What the answer of a terminal begins with.
  private static final Pattern TERMINAL = Pattern.compile("Terminal t[0-9a-f]{4} ");

  /// What the answer of a job's start begins with.
  private static final Pattern JOB = Pattern.compile("Job [0-9a-f]{12} \\([^)]*\\) runs\\b");

  private CallText() {}

  /// A waiting call on one line. Long arguments lose their middle.
  ///
  /// @param place where it would be made; empty where that is said elsewhere
  public static String waiting(ToolRequest call, Optional<String> place) {
    return shortened(SafeText.exact(call.id())) + "  " + what(call.tool(), place, call.arguments());
  }

  /// The same for a call that is not stored yet.
  static String waiting(ToolCall call, Optional<String> place) {
    return waiting(new ToolRequest(call.id(), call.tool(), JsonText.line(call.arguments())), place);
  }

  /// The same without its id, which is said elsewhere.
  public static String unnamed(ToolRequest call) {
    return what(call.tool(), Optional.empty(), call.arguments());
  }

  private static String what(String tool, Optional<String> place, String arguments) {
    return shortened(SafeText.exact(tool))
        + place.map(where -> " on " + SafeText.exact(where)).orElse("")
        + " "
        + shortened(SafeText.exact(arguments));
  }

  private static String shortened(String text) {
    return SafeText.withoutMiddle(
        text, MOST_FIRST, MOST_LAST, "characters, which pending --json shows");
  }

  static String end(ToolResult result) {
    String firstLine = result.firstLine();
    if (result.status() != ToolResult.Status.SUCCEEDED && firstLine.startsWith("== ")) {
      return result
          .text()
          .lines()
          .map(FAILURES::matcher)
          .filter(Matcher::matches)
          .map(heading -> heading.group(1))
          .collect(Collectors.joining("; "));
    }
    return switch (result.status()) {
      case SUCCEEDED -> succeeded(firstLine);
      case FAILED -> ended(firstLine).replaceFirst("^Exit code: ", "exit ");
      case DENIED -> "denied, nothing was run";
      case TIMED_OUT, CANCELLED, LOST, REFUSED, INVALID, NOT_STARTED -> ended(firstLine);
    };
  }

  /// More follows on the line.
  private static String ended(String sentence) {
    return sentence.replaceFirst("^Error: ", "").replaceFirst("\\.$", "");
  }

  private static String succeeded(String firstLine) {
    Matcher job = JOB.matcher(firstLine);
    return job.lookingAt()
        ? job.group()
        : TERMINAL.matcher(firstLine).lookingAt() ? firstLine.replaceFirst(";.*", "") : "exit 0";
  }

  /// The same where the text of the result stands beside it.
  static String brief(ToolResult result) {
    return switch (result.status()) {
      case SUCCEEDED, FAILED, DENIED -> end(result);
      case TIMED_OUT, CANCELLED, LOST, REFUSED, INVALID, NOT_STARTED ->
          result.status().word().replace('_', ' ');
    };
  }

  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }

  public static Map<String, Object> fields(ToolRequest call) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", call.id());
    fields.put("tool", call.tool());
    fields.put("arguments", call.arguments());
    return fields;
  }
}

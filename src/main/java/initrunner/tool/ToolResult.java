package initrunner.tool;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The result of a call, for the model and for those who watch the run.
///
/// @param id of the call
/// @param text bounded and redacted
/// @param status how the call ended
public record ToolResult(String id, String text, Status status) {

  /// How a tool call ended, for people and programs that watch a run.
  public enum Status {
    /// The command exited 0.
    SUCCEEDED,
    /// The command ran and ended otherwise: another status, a signal.
    FAILED,
    TIMED_OUT,
    CANCELLED,
    LOST,
    /// Policy refused; nothing was started.
    REFUSED,
    /// A person denied it; nothing was started.
    DENIED,
    /// The tool or its arguments do not exist; nothing was started.
    INVALID,
    /// The sandbox could not start it; nothing was started.
    NOT_STARTED;

    /// The word for it in files, such as `timed_out`.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// What a word stands for; empty for another one.
    public static Optional<Status> ofWord(String word) {
      return Arrays.stream(values()).filter(status -> status.word().equals(word)).findFirst();
    }
  }

  private static final Pattern PLACE = Pattern.compile("On (.+):");

  /// Where it came from, as the answers of a role with several sandboxes begin.
  public Optional<String> place() {
    return text.lines()
        .findFirst()
        .map(PLACE::matcher)
        .filter(Matcher::matches)
        .map(m -> m.group(1));
  }

  /// The first line that is not about the place; empty for an empty text.
  public String firstLine() {
    return text.lines().skip(place().isPresent() ? 1 : 0).findFirst().orElse("");
  }

  /// The same text under another status.
  public ToolResult as(Status other) {
    return new ToolResult(id, text, other);
  }
}

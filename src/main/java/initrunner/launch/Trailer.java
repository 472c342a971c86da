package initrunner.launch;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The last line that a launcher's own script writes to the error output, behind all that the
/// command wrote: `\n<mark> <status> <cause>\n`. It says how the command itself ended, where the
/// status of the program that started it does not. Immutable.
///
/// Where a command runs under somebody's care, it may be written twice: at the command's end, and
/// once more with the last word on it, `closed` where there is nothing to add. What stands between
/// the two is the carer's and not the command's.
///
/// @param mark a line that no command prints by chance
public record Trailer(String mark) {

  /// The longest that it can be, with all that stands between the first line and the last.
  static final int MAX_BYTES = 4096;

  private static final String CLOSED = "closed";

  /// What a launcher knows of an end.
  public enum Cause {
    /// The command ended by itself, with the status.
    ENDED,
    /// It was ended because it used more memory than it may.
    OOM,
    /// It was never started; what the launcher's program had to say is in the error output.
    UNSTARTED
  }

  /// How the command ended.
  public record End(int status, Cause cause) {}

  /// The trailer of a call.
  public static Trailer of(String callId) {
    return new Trailer("@initrunner-end-" + callId);
  }

  /// A line of a POSIX shell that writes the trailer, out of the variables `status` and `cause`.
  public String script() {
    return "printf '\\n%s %s %s\\n' " + mark + " \"$status\" \"$cause\" >&2";
  }

  /// Where in an error output a trailer begins, or may begin with what comes next.
  int beginIn(String bytes) {
    String begin = "\n" + mark + " ";
    int whole = bytes.indexOf(begin);
    if (whole >= 0) {
      return whole;
    }
    int length = Math.min(begin.length() - 1, bytes.length());
    while (!bytes.endsWith(begin.substring(0, length))) {
      length--;
    }
    return bytes.length() - length;
  }

  /// What the last bytes of an error output say.
  ///
  /// @param end empty where they do not say how the command ended
  /// @param ownLength how many of them are the command's own
  record Told(Optional<End> end, int ownLength) {}

  Optional<End> read(String lastBytes) {
    return tell(lastBytes).end();
  }

  Told tell(String lastBytes) {
    List<MatchResult> lines = line().matcher(lastBytes).results().toList();
    if (lines.isEmpty() || lines.getLast().end() != lastBytes.length()) {
      return new Told(Optional.empty(), lastBytes.length());
    }
    MatchResult first = lines.getFirst();
    String last = lines.getLast().group(2);
    String word = last.equals(CLOSED) ? first.group(2) : last;
    int status = Integer.parseInt(first.group(1));
    Optional<End> end =
        word.equals(CLOSED)
            ? Optional.empty()
            : Optional.of(new End(status, Cause.valueOf(word.toUpperCase(Locale.ROOT))));
    return new Told(end, first.start());
  }

  private Pattern line() {
    String words =
        Arrays.stream(Cause.values())
            .map(cause -> cause.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining("|"));
    return Pattern.compile(
        "\n" + Pattern.quote(mark) + " ([0-9]{1,3}) (" + words + "|" + CLOSED + ")\n");
  }
}

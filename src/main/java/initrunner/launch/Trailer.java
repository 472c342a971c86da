package initrunner.launch;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The last line that a launcher's own script writes to the error output, behind all that the
/// command wrote: `\n<mark> <status> <cause>\n`. It says how the command itself ended, where the
/// status of the program that started it does not. Immutable.
///
/// @param mark a line that no command prints by chance
public record Trailer(String mark) {

  /// The longest that one can be, the newlines included.
  static final int MAX_BYTES = 128;

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

  /// What the last bytes of an error output say, if they are a trailer.
  Optional<End> read(String lastBytes) {
    int begin = lastBytes.lastIndexOf("\n" + mark + " ");
    if (begin < 0 || !lastBytes.endsWith("\n")) {
      return Optional.empty();
    }
    String[] words = lastBytes.substring(begin).strip().split(" ", -1);
    if (words.length != 3 || !words[1].matches("[0-9]{1,3}")) {
      return Optional.empty();
    }
    return Arrays.stream(Cause.values())
        .filter(cause -> cause.name().toLowerCase(Locale.ROOT).equals(words[2]))
        .findFirst()
        .map(cause -> new End(Integer.parseInt(words[1]), cause));
  }
}

package initrunner.launch;

import initrunner.text.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
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
/// the two is the carer's and not the command's. A command that ended with 0 did so, also where the
/// carer saw another process of it end otherwise.
///
/// @param mark a line that no command prints, by chance or in order to lie about its end
public record Trailer(String mark) {

  /// The longest that it can be, with all that stands between the first line and the last.
  static final int MAX_BYTES = 4096;

  private static final String CLOSED = "closed";
  private static final String ENDED = word(Cause.ENDED);

  private static final int SECRET_BYTES = 16;
  private static final int MARK_BYTES = 12;
  private static final byte[] SECRET = secret();

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

  /// The trailer of a call. A command may learn what its call is called, as a job does by the job's
  /// name; its mark tells nobody but this process.
  public static Trailer of(String callId) {
    MessageDigest digest = Sha256.digest();
    digest.update(SECRET);
    byte[] bytes = digest.digest(callId.getBytes(StandardCharsets.UTF_8));
    return new Trailer("@initrunner-end-" + HexFormat.of().formatHex(bytes, 0, MARK_BYTES));
  }

  private static byte[] secret() {
    byte[] bytes = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    return bytes;
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
  public record Told(Optional<End> end, int ownLength) {}

  public Optional<End> read(String lastBytes) {
    return tell(lastBytes).end();
  }

  public Told tell(String lastBytes) {
    List<MatchResult> lines = line().matcher(lastBytes).results().toList();
    if (lines.isEmpty() || lines.getLast().end() != lastBytes.length()) {
      return new Told(Optional.empty(), lastBytes.length());
    }
    MatchResult last = lines.getLast();
    boolean isOnlyOne = lines.size() == 1 || last.group(2).equals(ENDED);
    MatchResult own = isOnlyOne ? last : lines.get(lines.size() - 2);
    int status = Integer.parseInt(own.group(1));
    boolean isOwnWord = last.group(2).equals(CLOSED) || status == 0;
    String word = isOwnWord ? own.group(2) : last.group(2);
    Optional<End> end =
        word.equals(CLOSED)
            ? Optional.empty()
            : Optional.of(new End(status, Cause.valueOf(word.toUpperCase(Locale.ROOT))));
    return new Told(end, own.start());
  }

  private static String word(Cause cause) {
    return cause.name().toLowerCase(Locale.ROOT);
  }

  private Pattern line() {
    String words =
        Arrays.stream(Cause.values()).map(Trailer::word).collect(Collectors.joining("|"));
    return Pattern.compile(
        "\n" + Pattern.quote(mark) + " ([0-9]{1,3}) (" + words + "|" + CLOSED + ")\n");
  }
}

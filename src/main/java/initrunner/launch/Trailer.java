package initrunner.launch;

import initrunner.exec.Stdin;
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

/// The last line of the error output, `\n<mark> <status> <cause>\n`, by which a launcher's script
/// reports how the command itself ended. The exit status of the launcher's program does not say
/// that. On a terminal it is a control sequence, and keys that are echoed may come behind it.
/// Immutable.
///
/// A job of a cluster has two of them: one from the job, when the command ends, and one from
/// `srun`, with the cause `closed` if it has nothing to add. The output between the two is not the
/// command's. If the command ended with 0, the second one does not change that.
///
/// @param mark a secret word, so that no command can print a false report
public record Trailer(String mark, MarkForm form) {

  /// The bound on its length, with all that is between the first line and the last.
  static final int MAX_BYTES = 4096;

  private static final String CLOSED = "closed";
  private static final String ENDED = word(Cause.ENDED);

  private static final int SECRET_BYTES = 16;
  private static final int MARK_BYTES = 12;
  private static final byte[] SECRET = secret();

  /// What a launcher knows about the end of a command.
  public enum Cause {
    /// The command ended by itself, with the status.
    ENDED,
    /// It was killed because it used more memory than it may.
    OOM,
    /// It was never started; the reason is in the error output.
    UNSTARTED
  }

  public record End(int status, Cause cause) {}

  /// A line.
  public Trailer(String mark) {
    this(mark, MarkForm.LINE);
  }

  /// The trailer of a call. A command may know its call id, as a job knows its name, but only this
  /// process knows the mark.
  public static Trailer of(String callId) {
    return of(callId, Stdin.nothing());
  }

  /// The trailer of a call whose command has this input.
  public static Trailer of(String callId, Stdin stdin) {
    MessageDigest digest = Sha256.digest();
    digest.update(SECRET);
    byte[] bytes = digest.digest(callId.getBytes(StandardCharsets.UTF_8));
    return new Trailer(
        "@initrunner-end-" + HexFormat.of().formatHex(bytes, 0, MARK_BYTES), MarkForm.of(stdin));
  }

  private static byte[] secret() {
    byte[] bytes = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  /// A format of `printf` for a script: it writes the trailer with a status and a cause.
  public String format() {
    return MarkForm.escaped(form.before() + mark + " %s %s" + form.after());
  }

  /// The index at which a trailer begins, or may begin once more bytes arrive.
  int beginIn(String bytes) {
    return MarkForm.beginOf(form.before() + mark + " ", bytes);
  }

  /// The last bytes of an error output.
  ///
  /// @param end empty if they do not say how the command ended
  /// @param ownLength how many of them are the command's own
  record Tail(Optional<End> end, int ownLength) {}

  Tail tail(String lastBytes) {
    List<MatchResult> lines = line().matcher(lastBytes).results().toList();
    boolean isLast =
        form == MarkForm.SEQUENCE
            || lines.stream().anyMatch(line -> line.end() == lastBytes.length());
    if (lines.isEmpty() || !isLast) {
      return new Tail(Optional.empty(), lastBytes.length());
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
    return new Tail(end, own.start());
  }

  /// How the command ended; empty if the error output does not say it.
  public Optional<End> read(String stderr) {
    return tail(stderr).end();
  }

  /// The command's own part of an error output.
  public String withoutIt(String stderr) {
    return stderr.substring(0, tail(stderr).ownLength());
  }

  private static String word(Cause cause) {
    return cause.name().toLowerCase(Locale.ROOT);
  }

  private Pattern line() {
    String words =
        Arrays.stream(Cause.values()).map(Trailer::word).collect(Collectors.joining("|"));
    return Pattern.compile(
        Pattern.quote(form.before() + mark)
            + " ([0-9]{1,3}) ("
            + words
            + "|"
            + CLOSED
            + ")"
            + Pattern.quote(form.after()));
  }
}

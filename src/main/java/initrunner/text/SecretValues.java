package initrunner.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Replaces known secrets in text: each value, the value without the blanks around it, each of its
/// longer lines, all of these as JSON and Python quote them, and the pieces of one that a cut
/// leaves. A value too short to tell from ordinary text stays. Immutable.
public final class SecretValues {

  private static final int MIN_LENGTH = 4;
  private static final int MIN_LINE_LENGTH = 8;

  /// Marks a cut in a text.
  private static final Pattern CUT =
      Pattern.compile("\\n?\\[(?:… [^\\[\\]\\n]* omitted …]\\n?|truncated[^\\[\\]\\n]*])");

  /// A lambda: the JDK's comparator chains slow down the start.
  private static final Comparator<String> LONGEST_FIRST =
      (one, other) -> Integer.compare(other.length(), one.length());

  private final List<String> forms;

  public SecretValues(Collection<String> values) {
    this.forms =
        values.stream().flatMap(SecretValues::forms).distinct().sorted(LONGEST_FIRST).toList();
  }

  private static Stream<String> forms(String value) {
    Set<String> plain = new LinkedHashSet<>();
    Stream.of(value, value.strip()).filter(each -> each.length() >= MIN_LENGTH).forEach(plain::add);
    value
        .lines()
        .map(String::strip)
        .filter(line -> line.length() >= MIN_LINE_LENGTH)
        .forEach(plain::add);
    return plain.stream()
        .flatMap(each -> {
          String escaped =
              each.replace("\\", "\\\\")
                  .replace("\n", "\\n")
                  .replace("\r", "\\r")
                  .replace("\t", "\\t");
          return Stream.of(
              each, escaped, escaped.replace("\"", "\\\""), escaped.replace("'", "\\'"));
        });
  }

  /// All texts that are replaced, the longest first.
  public List<String> forms() {
    return forms;
  }

  /// Replaces each value, and each secret that [Redaction#redact] knows.
  public String redacted(String text) {
    String clean = text;
    for (String form : forms) {
      clean = clean.replace(form, Redaction.MARK);
    }
    return Redaction.redact(withoutPieces(clean));
  }

  /// How many more characters a caller must have read to find every secret that begins before a
  /// position.
  public int lookahead() {
    return Math.max(Redaction.KNOWN_BY, forms.isEmpty() ? 0 : forms.getFirst().length());
  }

  /// Up to which position a text that continues can be redacted now: no secret that begins before
  /// it reaches behind it.
  public int settled(String text) {
    int end = Redaction.settled(text);
    for (String form : forms) {
      for (int begin = Math.max(0, text.length() - form.length() + 1); begin < end; begin++) {
        if (text.regionMatches(begin, form, 0, text.length() - begin)) {
          end = begin;
        }
      }
    }
    return outside(text, end);
  }

  /// The beginning of a text, as [#redacted]: all but the last [#lookahead] characters, and less
  /// where a secret reaches into these.
  public String redactedBeginning(String text) {
    int end = outside(text, Math.max(0, text.length() - lookahead()));
    return redacted(text.substring(0, end));
  }

  private int outside(String text, int place) {
    int end = place;
    int before;
    do {
      before = end;
      end = Redaction.outside(text, end);
      for (String form : forms) {
        end = outside(text, form, end);
      }
    } while (end < before);
    return end;
  }

  private static int outside(String text, String form, int place) {
    int begin = text.indexOf(form, Math.max(0, place - form.length() + 1));
    return begin >= 0 && begin < place ? begin : place;
  }

  /// A cut through a secret leaves its beginning before the cut and its end behind it.
  private String withoutPieces(String text) {
    if (forms.isEmpty() || text.indexOf('[') < 0) {
      return text;
    }
    StringBuilder clean = new StringBuilder();
    int from = 0;
    Matcher cut = CUT.matcher(text);
    while (cut.find()) {
      int end =
          cut.start()
              - beginningBefore(
                  text.substring(Math.max(from, cut.start() - longest()), cut.start()));
      clean.append(text, from, end).append(end < cut.start() ? Redaction.MARK : "");
      int next =
          cut.end()
              + endAtStartOf(
                  text.substring(cut.end(), Math.min(text.length(), cut.end() + longest())));
      clean.append(cut.group()).append(next > cut.end() ? Redaction.MARK : "");
      from = next;
      cut.region(from, text.length());
    }
    return clean.append(text, from, text.length()).toString();
  }

  private int longest() {
    return forms.getFirst().length();
  }

  /// The length of the longest beginning of a secret at the text's end.
  private int beginningBefore(String text) {
    return longestPiece(
        text, (form, length) -> text.regionMatches(text.length() - length, form, 0, length));
  }

  /// The length of the longest end of a secret at the text's start.
  private int endAtStartOf(String text) {
    return longestPiece(
        text, (form, length) -> text.regionMatches(0, form, form.length() - length, length));
  }

  /// A beginning or an end of a secret's form.
  private interface Piece {
    boolean test(String form, int length);
  }

  private int longestPiece(String text, Piece isPiece) {
    int most = MIN_LENGTH - 1;
    for (String form : forms) {
      for (int length = Math.min(form.length(), text.length()); length > most; length--) {
        most = isPiece.test(form, length) ? length : most;
      }
    }
    return most < MIN_LENGTH ? 0 : most;
  }
}

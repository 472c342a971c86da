package initrunner.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Replaces secrets of known shapes in text. Stateless.
///
/// It knows tokens by their form only (GitHub, Slack, AWS, `sk-` keys, Stripe, SendGrid, Twilio,
/// `Bearer`, Telegram, Discord). It misses a password, which has no form: it backs up the rule that
/// secrets never go into such text, and does not replace it.
public final class Redaction {

  /// Replaces a secret.
  public static final String MARK = "[REDACTED]";

  /// Fewer characters than this identify each shape.
  static final int KNOWN_BY = 128;

  /// The first characters of each shape, and the length of its shortest token.
  private static final boolean[] BEGINS = table("gxAsrpSBb0123456789MNO");

  private static final int SHORTEST = 15;

  /// The only part of a shape that blanks follow.
  private static final String BEFORE_TOKEN = "Bearer";

  static final Pattern SECRET =
      Pattern.compile(
          "(?<![A-Za-z0-9])(?:"
              + String.join(
                  "|",
                  "gh[a-z]_[A-Za-z0-9]{20,}+",
                  "github_pat_[A-Za-z0-9_]{20,}+",
                  "xox[a-z]-[A-Za-z0-9-]{10,}+",
                  "A[KS]IA[0-9A-Z]{16}(?![A-Za-z0-9])",
                  "sk-[A-Za-z0-9_-]{20,}+",
                  "[srp]k_(?:live|test)_[A-Za-z0-9]{10,}+",
                  "SG\\.[A-Za-z0-9_-]{16,64}+\\.[A-Za-z0-9_-]{16,}+",
                  "SK[0-9a-fA-F]{32}(?![A-Za-z0-9])",
                  "(?i:Bearer)\\s{1,8}+[A-Za-z0-9._~+/=-]{20,}+",
                  "(?:bot)?[0-9]{8,10}+:[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])",
                  "[MNO][A-Za-z0-9_-]{22,27}+\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,}+")
              + ")");

  private Redaction() {}

  private static boolean[] table(String characters) {
    boolean[] table = new boolean[128];
    characters.chars().forEach(each -> table[each] = true);
    return table;
  }

  /// The text with each secret replaced by [#MARK]. Takes time in proportion to the text's length.
  public static String redact(String text) {
    Matcher secret = SECRET.matcher(text).useTransparentBounds(true);
    StringBuilder clean = new StringBuilder();
    int from = 0;
    int at = 0;
    while (at < text.length()) {
      if (mayBegin(text, at) && secret.region(at, text.length()).lookingAt()) {
        clean.append(text, from, at).append(MARK);
        from = secret.end();
        at = from;
      } else {
        at++;
      }
    }
    return from == 0 ? text : clean.append(text, from, text.length()).toString();
  }

  /// Whether a secret may begin here. The pattern alone would try each position eleven times.
  private static boolean mayBegin(String text, int at) {
    char first = text.charAt(at);
    if (first >= BEGINS.length
        || !BEGINS[first]
        || text.length() - at < SHORTEST
        || (at > 0 && isAsciiLetterOrDigit(text.charAt(at - 1)))) {
      return false;
    }
    if (first == 'B' || first == 'b') {
      return true;
    }
    for (int next = at + 1; next < at + SHORTEST; next++) {
      if (!isAsciiLetterOrDigit(text.charAt(next)) && "_-.:".indexOf(text.charAt(next)) < 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAsciiLetterOrDigit(char each) {
    return (each >= '0' && each <= '9')
        || (each >= 'a' && each <= 'z')
        || (each >= 'A' && each <= 'Z');
  }

  /// Up to which position a text that continues holds no beginning of a secret.
  static int settled(String text) {
    int end = text.length();
    while (end > 0 && mayBeInside(text.charAt(end - 1))) {
      end--;
    }
    int word = end;
    while (word > 0 && Character.isWhitespace(text.charAt(word - 1))) {
      word--;
    }
    int begin = word - BEFORE_TOKEN.length();
    return word < end && text.regionMatches(true, begin, BEFORE_TOKEN, 0, BEFORE_TOKEN.length())
        ? begin
        : end;
  }

  private static boolean mayBeInside(char each) {
    return isAsciiLetterOrDigit(each) || "._~+/=:-".indexOf(each) >= 0;
  }

  /// The last position up to the given one that is outside of every secret.
  static int outside(String text, int place) {
    Matcher secret = SECRET.matcher(text);
    while (secret.find() && secret.start() < place) {
      if (secret.end() > place) {
        return secret.start();
      }
    }
    return place;
  }
}

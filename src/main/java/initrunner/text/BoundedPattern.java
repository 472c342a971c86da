package initrunner.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A regular expression with a bound on its steps: some take longer on some texts than a caller can
/// wait. Immutable.
public final class BoundedPattern {

  private static final long LEAST_STEPS = 10_000_000;
  private static final long STEPS_PER_CHARACTER = 200;

  private final Pattern pattern;

  /// @throws java.util.regex.PatternSyntaxException if the text is not a regular expression
  public BoundedPattern(String text) {
    this.pattern = Pattern.compile(text, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
  }

  /// The search took too many steps.
  public static final class GaveUpException extends RuntimeException {

    private static final long serialVersionUID = 1L;
  }

  /// Whether the pattern matches somewhere in the text.
  ///
  /// @throws GaveUpException if the search takes too many steps
  public boolean isIn(String text) {
    try {
      return pattern.matcher(new Counted(text)).find();
    } catch (StackOverflowError e) {
      throw new GaveUpException();
    }
  }

  /// Replaces each match.
  ///
  /// @throws GaveUpException if the search takes too many steps
  public String replacedIn(String text, String mark) {
    try {
      return pattern.matcher(new Counted(text)).replaceAll(_ -> Matcher.quoteReplacement(mark));
    } catch (StackOverflowError e) {
      throw new GaveUpException();
    }
  }

  /// A text that counts the reads of its characters. For one search.
  private static final class Counted implements CharSequence {

    private final String text;
    private long left;

    Counted(String text) {
      this.text = text;
      this.left = LEAST_STEPS + STEPS_PER_CHARACTER * text.length();
    }

    @Override
    public char charAt(int index) {
      if (left-- <= 0) {
        throw new GaveUpException();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}

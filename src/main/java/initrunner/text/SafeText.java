package initrunner.text;

import java.util.stream.Collectors;

/// Text from outside (a host, a repository, a role, a model, a server), made fit to be shown: no
/// terminal obeys anything in it, and no character in it is invisible. Stateless.
///
/// A character that may not be shown becomes an escape, `\x1B` in ASCII, else `\u202E` for each
/// UTF-16 unit: control characters (C0, C1, DEL), bidi controls, zero-width and other
/// default-ignorable characters, tags, line and paragraph separators, half surrogate pairs, private
/// and unassigned characters, and letters that leave no ink. A backslash stays as it is.
///
/// What ordinary text needs stays readable. A joiner stays after a letter of a script that uses it
/// (Arabic, the scripts of India), and between the parts of an emoji; a zero-width space stays
/// between letters of Thai, Lao, Khmer or Myanmar; one variation selector stays after an emoji, an
/// ideograph or a Mongolian letter; up to [#MOST_MARKS] combining marks stay on one character. So
/// the flags of England, Scotland and Wales, which are made of tags, are a black flag and escapes.
public final class SafeText {

  /// More marks than this on one character cover the lines around it.
  static final int MOST_MARKS = 8;

  private static final int MOST_SAID_FIRST = 400;
  private static final int MOST_SAID_LAST = 200;

  private SafeText() {}

  /// One line. Line ends and tabs become escapes, too.
  public static String oneLine(String text) {
    return through(SafeForm.ONE_LINE, text);
  }

  /// Several lines: LF and tab stay, CR LF becomes LF.
  public static String lines(String text) {
    return through(SafeForm.LINES, text);
  }

  /// One line in which a person can tell each character from every other, for text that a person
  /// approves: each character without ink of its own, save the plain space, is an escape.
  public static String exact(String text) {
    return through(SafeForm.EXACT, text);
  }

  /// The inside of a JSON string: as [#oneLine], with JSON's escapes, and `"` and `\` escaped, so
  /// that a parser gets the text back.
  public static String escaped(String text) {
    return through(SafeForm.JSON, text);
  }

  /// [#escaped], in quotes.
  public static String quoted(String text) {
    return '"' + escaped(text) + '"';
  }

  /// As [#quoted(String)], of at most so many code points of the text; `…` marks a cut.
  public static String quoted(String text, int mostCharacters) {
    return quoted(cut(text, mostCharacters));
  }

  /// A program's output, for a message: its lines joined by `; `, as [#oneLine]; a long one keeps
  /// its beginning and its end. Empty for an empty output.
  public static String said(String text) {
    String line =
        text.lines()
            .map(String::strip)
            .filter(part -> !part.isEmpty())
            .collect(Collectors.joining("; "));
    return oneLine(shortened(line));
  }

  private static String shortened(String line) {
    return withoutMiddle(line, MOST_SAID_FIRST, MOST_SAID_LAST, "");
  }

  /// The text, or its first and its last code points.
  ///
  /// @param between what is said in the middle of a cut, behind the number of code points that it
  ///   leaves out; blank for no number
  public static String withoutMiddle(String text, int first, int last, String between) {
    int left = text.codePointCount(0, text.length()) - first - last;
    if (left <= 0) {
      return text;
    }
    return text.substring(0, text.offsetByCodePoints(0, first))
        + (between.isBlank() ? " … " : " … " + left + " " + between + " … ")
        + text.substring(text.offsetByCodePoints(text.length(), -last));
  }

  /// The text, or its first code points and `…`.
  public static String cut(String text, int mostCharacters) {
    if (text.codePointCount(0, text.length()) <= mostCharacters) {
      return text;
    }
    return text.substring(0, text.offsetByCodePoints(0, mostCharacters)) + "…";
  }

  /// Whether the character leaves no ink of its own and is not the plain space. A combining mark
  /// leaves none: it changes the look of the character before it.
  public static boolean isInkless(int character) {
    return !CharacterKind.leavesInk(character);
  }

  /// Whether the character is invisible in every context.
  public static boolean isInvisible(int character) {
    return CharacterKind.isHidden(character);
  }

  private static String through(SafeForm form, String text) {
    int length = text.length();
    int plain = 0;
    while (plain < length && form.isPlain(text.charAt(plain))) {
      plain++;
    }
    if (plain == length) {
      return text;
    }
    StringBuilder safe = new StringBuilder(length + 16);
    Escaper escaper = new Escaper(form, safe);
    for (int at = 0; at < length; ) {
      int character = text.codePointAt(at);
      at += Character.charCount(character);
      escaper.append(character, at < length ? text.codePointAt(at) : Escaper.NONE);
    }
    return safe.toString();
  }
}

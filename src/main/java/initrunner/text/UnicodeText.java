package initrunner.text;

/// What the Unicode standard says of a text as a whole. Stateless.
public final class UnicodeText {

  private UnicodeText() {}

  /// Whether no half of a surrogate pair stands alone in it: such a half has no UTF-8, so no
  /// program gets it, and a file keeps something else in its place.
  public static boolean isWellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        int character = text.codePointAt(i);
        if (Character.charCount(character) == 1) {
          return false;
        }
        i++;
      }
    }
    return true;
  }
}

package initrunner.text;

/// Quotes words for a POSIX shell of this machine, bash and zsh among them (XCU 2.2.2). Stateless.
public final class ShellWord {

  private static final String PLAIN_PUNCTUATION = "_./-";

  private ShellWord() {}

  /// One word that the shell reads back as this text, byte for byte. A text with a NUL is no word.
  public static String quote(String text) {
    boolean isPlain = !text.isEmpty() && text.chars().allMatch(ShellWord::isPlain);
    return isPlain ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  /// No shell gives these a meaning at any place of a word.
  private static boolean isPlain(int character) {
    return (character >= 'a' && character <= 'z')
        || (character >= 'A' && character <= 'Z')
        || (character >= '0' && character <= '9')
        || PLAIN_PUNCTUATION.indexOf(character) >= 0;
  }
}

package initrunner.tool;

import java.util.ArrayList;
import java.util.List;

/// Splits a command into words by the quoting rules of a POSIX shell, and by nothing else of it: no
/// expansion, no comments, no operators. An escaped newline stays a newline.
final class ShellWords {

  /// The quotes of a command do not match up.
  static final class SyntaxException extends Exception {

    private static final long serialVersionUID = 1L;

    SyntaxException(String message) {
      super(message);
    }
  }

  private static final String WHITESPACE = " \t\r\n";

  private final String text;
  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean wordBegun;
  private int at;

  private ShellWords(String text) {
    this.text = text;
  }

  /// The words of a command; none for blank text.
  static List<String> split(String command) throws SyntaxException {
    ShellWords splitter = new ShellWords(command);
    splitter.run();
    return List.copyOf(splitter.words);
  }

  private void run() throws SyntaxException {
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (WHITESPACE.indexOf(c) >= 0) {
        endWord();
        continue;
      }
      wordBegun = true;
      switch (c) {
        case '\\' -> word.append(escaped());
        case '\'' -> singleQuoted();
        case '"' -> doubleQuoted();
        default -> word.append(c);
      }
    }
    endWord();
  }

  private void endWord() {
    if (wordBegun) {
      words.add(word.toString());
    }
    word.setLength(0);
    wordBegun = false;
  }

  private void singleQuoted() throws SyntaxException {
    int end = text.indexOf('\'', at);
    if (end < 0) {
      throw new SyntaxException("No closing quotation");
    }
    word.append(text, at, end);
    at = end + 1;
  }

  private void doubleQuoted() throws SyntaxException {
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return;
      }
      if (c == '\\') {
        char next = escaped();
        if (next != '"' && next != '\\') {
          word.append('\\');
        }
        word.append(next);
      } else {
        word.append(c);
      }
    }
    throw new SyntaxException("No closing quotation");
  }

  private char escaped() throws SyntaxException {
    if (at == text.length()) {
      throw new SyntaxException("No escaped character");
    }
    return text.charAt(at++);
  }
}

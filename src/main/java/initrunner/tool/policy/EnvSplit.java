package initrunner.tool.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Splits the text of `env -S` into words as GNU's and FreeBSD's env do.
final class EnvSplit {

  private static final String BLANKS = " \t\n\u000b\f\r";

  private final String text;
  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean wordBegun;
  private char quote = ' ';
  private boolean isReadable = true;

  private EnvSplit(String text) {
    this.text = text;
  }

  /// The words; empty if env refuses the text, or if they depend on a variable.
  static Optional<List<String>> words(String text) {
    EnvSplit split = new EnvSplit(text);
    split.run();
    return split.isReadable ? Optional.of(List.copyOf(split.words)) : Optional.empty();
  }

  private void run() {
    int at = 0;
    while (at < text.length() && isReadable) {
      char c = text.charAt(at++);
      boolean isQuoted = quote != ' ';
      if (isQuoted && c == quote) {
        quote = ' ';
      } else if (!isQuoted && (c == '"' || c == '\'')) {
        quote = c;
        wordBegun = true;
      } else if (!isQuoted && BLANKS.indexOf(c) >= 0) {
        endWord();
      } else if (c == '#' && !wordBegun) {
        break;
      } else if (c == '$' && quote != '\'') {
        isReadable = false;
      } else if (c == '\\') {
        if (at == text.length()) {
          isReadable = false;
        } else if (!isQuoted && text.charAt(at) == 'c') {
          break;
        } else {
          escaped(text.charAt(at++));
        }
      } else {
        add(c);
      }
    }
    isReadable = isReadable && quote == ' ';
    endWord();
  }

  private void escaped(char next) {
    if (quote == '\'') {
      if (next != '\\' && next != '\'') {
        add('\\');
      }
      add(next);
      return;
    }
    switch (next) {
      case '_' -> {
        if (quote == '"') {
          add(' ');
        } else {
          endWord();
        }
      }
      case 'f' -> add('\f');
      case 'n' -> add('\n');
      case 'r' -> add('\r');
      case 't' -> add('\t');
      case 'v' -> add('\u000b');
      case '"', '#', '$', '\'', '\\' -> add(next);
      default -> isReadable = false;
    }
  }

  private void add(char c) {
    word.append(c);
    wordBegun = true;
  }

  private void endWord() {
    if (wordBegun) {
      words.add(word.toString());
    }
    word.setLength(0);
    wordBegun = false;
  }
}

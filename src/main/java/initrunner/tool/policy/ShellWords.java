package initrunner.tool.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Splits a command into words by the quoting rules of a POSIX shell (XCU 2.2) alone: no expansion
/// and no comments. A backslash before a newline vanishes with it. Takes time in proportion to the
/// length of the command.
public final class ShellWords {

  /// A quote in the command is not closed, or a backslash ends it.
  public static final class SyntaxException extends Exception {

    private static final long serialVersionUID = 1L;

    SyntaxException(String message) {
      super(message);
    }
  }

  /// A parsed command.
  ///
  /// @param words with the characters of operators as ordinary ones
  /// @param operator the first operator that a shell would act on: outside of quotes, `$(…)` and
  ///   backquotes, and without a backslash
  record Line(List<String> words, Optional<String> operator) {

    public Line {
      words = List.copyOf(words);
    }
  }

  private static final String WHITESPACE = " \t\r\n";
  private static final String DIGITS = "0123456789";
  private static final String OF_OPERATORS = "|&;<>()";

  /// Longer operators come before those that begin them.
  private static final List<String> OPERATORS =
      List.of(
          "<<<", "<<-", "&>>", "&&", "||", ";;", "<<", ">>", "<&", ">&", "<>", ">|", "&>", "|&",
          "<(", ">(", "|", "&", ";", "<", ">", "(", ")");

  private static final String LINE_BREAK = "line break";

  private final String text;
  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private Optional<String> operator = Optional.empty();
  private boolean wordBegun;
  private boolean wordQuoted;
  private boolean lineEnded;
  private boolean inBackquotes;
  private int substitutions;
  private int at;

  private ShellWords(String text) {
    this.text = text;
  }

  /// The words of a command; none for blank text.
  public static List<String> split(String command) throws SyntaxException {
    return parse(command).words();
  }

  static Line parse(String command) throws SyntaxException {
    ShellWords splitter = new ShellWords(command);
    splitter.run();
    return new Line(splitter.words, splitter.operator);
  }

  private void run() throws SyntaxException {
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '\\' && isContinuation()) {
        at++;
        continue;
      }
      if (WHITESPACE.indexOf(c) >= 0) {
        endWord();
        lineEnded |= c == '\n' && !words.isEmpty();
        continue;
      }
      lookForOperator(c);
      wordBegun = true;
      wordQuoted |= "\\'\"".indexOf(c) >= 0;
      switch (c) {
        case '\\' -> word.append(escaped());
        case '\'' -> singleQuoted();
        case '"' -> doubleQuoted();
        default -> word.append(c);
      }
    }
    endWord();
  }

  private boolean isContinuation() {
    return at < text.length() && text.charAt(at) == '\n';
  }

  private void endWord() {
    if (wordBegun) {
      boolean isFirst = words.isEmpty();
      words.add(word.toString());
      if (isFirst && !wordQuoted && words.getFirst().equals("{")) {
        found("{");
      }
    }
    word.setLength(0);
    wordBegun = false;
    wordQuoted = false;
  }

  private void found(String seen) {
    if (operator.isEmpty()) {
      operator = Optional.of(seen);
    }
  }

  /// @param c an unquoted character before `at`
  private void lookForOperator(char c) {
    if (lineEnded) {
      found(LINE_BREAK);
    }
    if (c == '`') {
      inBackquotes = !inBackquotes;
    } else if (c == '(' && (substitutions > 0 || isBehindDollar())) {
      substitutions++;
    } else if (c == ')' && substitutions > 0) {
      substitutions--;
    } else if (OF_OPERATORS.indexOf(c) >= 0 && substitutions == 0 && !inBackquotes) {
      found(operatorAt(at - 1));
    }
  }

  private boolean isBehindDollar() {
    return at > 1 && text.charAt(at - 2) == '$' && wordBegun;
  }

  /// The operator at this index, with its file descriptors.
  private String operatorAt(int begin) {
    String symbol =
        OPERATORS.stream().filter(each -> text.startsWith(each, begin)).findFirst().orElseThrow();
    boolean isRedirection = symbol.indexOf('<') >= 0 || symbol.indexOf('>') >= 0;
    String before = isRedirection && !wordQuoted && isNumber(word) ? word.toString() : "";
    int end = begin + symbol.length();
    int after = end;
    while (symbol.endsWith("&") && isRedirection && after < text.length() && isDescriptor(after)) {
      after++;
    }
    return before + symbol + text.substring(end, after);
  }

  private boolean isDescriptor(int index) {
    return (DIGITS + "-").indexOf(text.charAt(index)) >= 0;
  }

  private static boolean isNumber(CharSequence text) {
    return text.length() <= 3 && text.chars().allMatch(c -> DIGITS.indexOf(c) >= 0);
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
        if ("\"\\$`\n".indexOf(next) < 0) {
          word.append('\\');
        }
        word.append(next == '\n' ? "" : Character.toString(next));
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

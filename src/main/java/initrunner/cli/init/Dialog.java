package initrunner.cli.init;

import initrunner.cli.console.Screen;
import initrunner.cli.console.Screen.Span;
import initrunner.cli.console.Style;
import initrunner.runtime.doctor.Finding;
import initrunner.text.Nearest;
import initrunner.text.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// The lines of a dialogue: headings, choices, findings, and answers. For one thread.
record Dialog(Screen screen, LineEditor editor) {

  private static final int QUESTIONS = 5;
  private static final int MOST_SHOWN = 60;
  private static final String INDENT = "     ";

  /// @param number from 1
  void question(int number, String question) {
    screen.endLine();
    screen.line(
        new Span(Style.QUIET, number + "/" + QUESTIONS + "  "), new Span(Style.HEADING, question));
  }

  void choice(int number, String word, int width, String meaning) {
    row(String.format(Locale.ROOT, "%2d  ", number), word, width, meaning);
  }

  void row(String begin, String word, int width, String meaning) {
    String padding = " ".repeat(Math.max(0, width - word.length()) + 2);
    String padded = meaning.isEmpty() ? word : word + padding;
    screen.line(new Span(Style.PLAIN, INDENT + begin + padded), new Span(Style.QUIET, meaning));
  }

  void note(String text) {
    int most = screen.look().columns().getAsInt() - INDENT.length() - 1;
    wrapped(SafeText.oneLine(text), most).forEach(line -> screen.line(Style.QUIET, INDENT + line));
  }

  void good(String text) {
    marked(Style.GOOD, "✓ ", text);
  }

  /// What is in the way, and the next step.
  void bad(Finding finding) {
    marked(Style.BAD, "✗ ", finding.detail());
    finding.remedy().stream()
        .flatMap(String::lines)
        .forEach(line -> marked(Style.PLAIN, "  ", line));
  }

  /// Words stay whole at a line's end.
  private void marked(Style style, String mark, String text) {
    int most = screen.look().columns().getAsInt() - INDENT.length() - mark.length() - 1;
    String begin = mark;
    for (String line : wrapped(SafeText.oneLine(text), most)) {
      screen.line(Span.plain(INDENT), new Span(style, begin), Span.plain(line));
      begin = " ".repeat(mark.length());
    }
  }

  private static List<String> wrapped(String text, int most) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > most) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  /// The typed answer, or the usual one for an empty line.
  String answer(String prompt, String usual, List<String> completions) throws InterruptedException {
    String shown = usual.isEmpty() ? "" : " [" + SafeText.oneLine(usual) + "]";
    String typed = editor.read(INDENT + prompt + shown + ": ", completions);
    return typed.isEmpty() ? usual : typed;
  }

  /// Asks until the answer is one.
  ///
  /// @param words the numbered choices; a number stands for its word
  /// @param allowed of another answer, what is said of it
  /// @param reading of a word; empty for one that is no answer
  <T> T chosen(
      String prompt,
      String usual,
      List<String> words,
      UnaryOperator<String> allowed,
      Function<String, Optional<T>> reading)
      throws InterruptedException {
    while (true) {
      String typed = answer(prompt, usual, words);
      Optional<T> read = reading.apply(numbered(typed, words).orElse(typed));
      if (read.isPresent()) {
        return read.get();
      }
      String wrong = wrong(typed, words);
      String meant = Nearest.question(wrong, words);
      note(
          "'"
              + SafeText.cut(wrong, MOST_SHOWN)
              + "' is no answer; "
              + (meant.isEmpty() ? allowed.apply(wrong) : meant));
    }
  }

  /// Of a list, the first word that is none of those.
  private static String wrong(String typed, List<String> words) {
    return Stream.of(typed.split(",", -1))
        .map(String::strip)
        .filter(each -> !words.contains(each))
        .findFirst()
        .orElse(typed);
  }

  private static Optional<String> numbered(String typed, List<String> words) {
    return Optional.of(typed)
        .filter(each -> each.matches("[0-9]{1,4}"))
        .map(each -> Integer.parseInt(each) - 1)
        .filter(at -> at >= 0 && at < words.size())
        .map(words::get);
  }
}

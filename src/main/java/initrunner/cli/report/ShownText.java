package initrunner.cli.report;

import initrunner.text.SafeText;
import java.util.Optional;
import java.util.StringJoiner;

/// Text of the audit log as the page has it: bounded, and safe to be shown. Stateless.
final class ShownText {

  /// Longer names are cut; in code points.
  private static final int MOST_OF_NAME = 200;

  /// Longer prompts, answers and outputs are cut; in code points.
  static final int MOST_OF_TEXT = 4000;

  private ShownText() {}

  static String name(String text) {
    return SafeText.exact(SafeText.cut(text, MOST_OF_NAME));
  }

  static String name(Optional<String> text) {
    return text.map(ShownText::name).orElse("");
  }

  /// One line, as it is recorded.
  static String line(String text) {
    return SafeText.exact(SafeText.cut(text, MOST_OF_TEXT));
  }

  /// Several lines.
  static String lines(String text) {
    return SafeText.lines(SafeText.cut(text, MOST_OF_TEXT).strip());
  }

  /// Names and values, each pair on a line; a pair without a value is left out.
  static final class Pairs {

    private final StringJoiner lines = new StringJoiner("\n");

    Pairs with(String name, Optional<String> value) {
      value
          .filter(text -> !text.isEmpty())
          .ifPresent(text -> lines.add(name + "\t" + ShownText.line(text)));
      return this;
    }

    String text() {
      return lines.toString();
    }
  }
}

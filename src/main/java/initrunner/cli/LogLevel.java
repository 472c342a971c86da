package initrunner.cli;

import initrunner.cli.console.Console;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The level of messages on standard error. Loads no class of the logging framework.
final class LogLevel {

  private static final String VARIABLE = "INITRUNNER_LOG_LEVEL";
  private static final List<Level> ALLOWED =
      List.of(Level.TRACE, Level.DEBUG, Level.INFO, Level.WARNING, Level.ERROR, Level.OFF);

  private LogLevel() {}

  /// The level that `-v` or else the variable sets; empty if neither is there.
  ///
  /// @throws IllegalArgumentException if the variable's value is not a level
  static Optional<Level> asked(Root root, Console console) {
    if (root.verbose()) {
      return Optional.of(Level.DEBUG);
    }
    return console.variable(VARIABLE).map(LogLevel::parse);
  }

  /// The numbers of Python's logging, which other programs accept: each is the lowest level shown.
  private static Optional<Level> ofNumber(String text) {
    boolean isNumber =
        !text.isEmpty() && text.length() <= 4 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!isNumber) {
      return Optional.empty();
    }
    int number = Integer.parseInt(text);
    if (number < 10) {
      return Optional.of(Level.TRACE);
    }
    return Optional.of(
        number <= 10
            ? Level.DEBUG
            : number <= 20 ? Level.INFO : number <= 30 ? Level.WARNING : Level.ERROR);
  }

  private static Level parse(String text) {
    String name =
        switch (text.strip().toUpperCase(Locale.ROOT)) {
          case "WARN" -> "WARNING";
          case "CRITICAL", "FATAL" -> "ERROR";
          case String other -> other;
        };
    Optional<Level> numbered = ofNumber(name);
    if (numbered.isPresent()) {
      return numbered.get();
    }
    return ALLOWED.stream()
        .filter(level -> level.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                VARIABLE
                    + " is '"
                    + text
                    + "'; allowed is one of "
                    + ALLOWED
                    + ", or a number: 10 is DEBUG, 20 INFO,"
                    + " 30 WARNING, 40 ERROR"));
  }
}

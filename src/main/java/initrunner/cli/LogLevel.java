package initrunner.cli;

import initrunner.cli.console.Console;
import java.lang.System.Logger.Level;
import java.util.Locale;
import java.util.Optional;

/// The level of messages on standard error. Loads no class of the logging framework.
final class LogLevel {

  private static final String VARIABLE = "INITRUNNER_LOG_LEVEL";

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

  private static Level parse(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "trace" -> Level.TRACE;
      case "debug" -> Level.DEBUG;
      case "info" -> Level.INFO;
      case "warning", "warn" -> Level.WARNING;
      case "error", "critical", "fatal" -> Level.ERROR;
      case "off" -> Level.OFF;
      case String number when number.matches("[0-9]{1,4}") -> ofNumber(Integer.parseInt(number));
      default ->
          throw new IllegalArgumentException(
              VARIABLE
                  + " is '"
                  + text
                  + "'; allowed is trace, debug, info, warning, error, off, or a number: 10 is"
                  + " debug, 20 info, 30 warning, 40 error");
    };
  }

  /// The numbers of Python's logging, which other programs accept: each is the lowest level shown.
  private static Level ofNumber(int number) {
    if (number <= 10) {
      return number < 10 ? Level.TRACE : Level.DEBUG;
    }
    if (number <= 20) {
      return Level.INFO;
    }
    return number <= 30 ? Level.WARNING : Level.ERROR;
  }
}

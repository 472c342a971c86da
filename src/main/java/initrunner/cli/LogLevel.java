package initrunner.cli;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// How much is to be said on standard error. Loads nothing of the logging framework.
final class LogLevel {

  private static final String VARIABLE = "INITRUNNER_LOG_LEVEL";
  private static final List<Level> ALLOWED =
      List.of(Level.TRACE, Level.DEBUG, Level.INFO, Level.WARNING, Level.ERROR, Level.OFF);

  private LogLevel() {}

  /// What `-v` or else the variable asks for; empty where neither is there.
  ///
  /// @throws IllegalArgumentException if the variable names no level
  static Optional<Level> asked(Root root, Console console) {
    if (root.verbose()) {
      return Optional.of(Level.DEBUG);
    }
    return console.variable(VARIABLE).map(LogLevel::parse);
  }

  private static Level parse(String text) {
    String name = text.strip().toUpperCase(Locale.ROOT);
    return ALLOWED.stream()
        .filter(level -> level.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                VARIABLE + " is '" + text + "'; allowed is one of " + ALLOWED));
  }
}

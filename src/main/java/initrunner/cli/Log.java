package initrunner.cli;

import initrunner.cli.console.Console;
import java.util.Arrays;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/// Sends log messages to standard error, as `initrunner: message`; those of libraries as `[name]
/// message`. `java.util.logging.config.class` names this class, so its constructor runs when the
/// first logger is made, and a command that logs nothing pays nothing.
public final class Log {

  @SuppressWarnings("UnusedVariable") // held because the log manager holds loggers only weakly
  private static @Nullable Logger ours;

  /// Sends warnings and errors to this process's standard error.
  public Log() {
    install(Console.ofProcess(), System.Logger.Level.WARNING);
  }

  /// Sends InitRunner's messages of this level and above, and every library's warnings, to a
  /// console.
  static void install(Console console, System.Logger.Level level) {
    Logger root = LogManager.getLogManager().getLogger("");
    Arrays.stream(root.getHandlers()).forEach(root::removeHandler);
    root.addHandler(new Lines(console));
    root.setLevel(level == System.Logger.Level.OFF ? Level.OFF : Level.WARNING);
    Logger logger = Logger.getLogger("initrunner");
    logger.setLevel(juLevel(level));
    ours = logger;
  }

  private static Level juLevel(System.Logger.Level level) {
    return switch (level) {
      case ALL -> Level.ALL;
      case TRACE -> Level.FINER;
      case DEBUG -> Level.FINE;
      case INFO -> Level.INFO;
      case WARNING -> Level.WARNING;
      case ERROR -> Level.SEVERE;
      case OFF -> Level.OFF;
    };
  }

  private static final class Lines extends Handler {
    private final Console console;
    private final SimpleFormatter formatter = new SimpleFormatter();

    Lines(Console console) {
      this.console = console;
    }

    @Override
    public void publish(LogRecord line) {
      console.err().println(source(line.getLoggerName()) + formatter.formatMessage(line));
      Optional.ofNullable(line.getThrown()).ifPresent(console.err()::print);
    }

    /// The class name would not help a user of InitRunner.
    private static String source(@Nullable String logger) {
      String name = String.valueOf(logger);
      return name.startsWith("initrunner.") ? "initrunner: " : "[" + name + "] ";
    }

    @Override
    public void flush() {
      console.err().flush();
    }

    @Override
    public void close() {}
  }
}

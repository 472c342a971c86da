package initrunner.cli.look;

import initrunner.audit.story.RunLog;
import initrunner.cli.console.Console;
import initrunner.cli.options.AuditDatabaseOption;
import initrunner.cli.options.OptionValues;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// What the commands of this package share: the option for the database, and how the values of
/// options are read. All values that are not allowed are named at once.
final class LookOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Mixin private final AuditDatabaseOption database = new AuditDatabaseOption();

  private final OptionValues values = new OptionValues();

  RunLog log(Console console) {
    return new RunLog(database.toRead(console.environment()).getFirst());
  }

  /// The number of an option, at least 1; the greatest of all for `all`.
  int number(String option, String given) {
    return given.equals("all")
        ? Integer.MAX_VALUE
        : values.number(option, given, ", or all").orElse(1);
  }

  /// The time of an option; empty without one.
  Optional<Instant> time(String option, @Nullable String given) {
    return values.time(option, given);
  }

  /// Ends the command with exit status 2 if a value that was read is not allowed.
  void requireAllowed() {
    values.requireAllowed(spec.commandLine());
  }

  ParameterException fault(String what) {
    return new ParameterException(spec.commandLine(), what);
  }
}

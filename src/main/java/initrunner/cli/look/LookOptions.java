package initrunner.cli.look;

import initrunner.audit.AuditLocation;
import initrunner.audit.story.RunLog;
import initrunner.cli.console.Console;
import initrunner.cli.console.Since;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// What the commands of this package share: the option for the database, and how the values of
/// options are read. All values that are not allowed are named at once.
final class LookOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--audit-db",
      paramLabel = "FILE",
      description =
          "The audit log's database (default: INITRUNNER_AUDIT_DB, else audit.db in"
              + " INITRUNNER_HOME, in XDG_DATA_HOME/initrunner, or in ~/.initrunner).")
  private @Nullable Path database;

  private final List<String> faults = new ArrayList<>();

  RunLog log(Console console) {
    return new RunLog(
        AuditLocation.toRead(console.environment(), Optional.ofNullable(database)).getFirst());
  }

  /// The number of an option, at least 1; the greatest of all for `all`.
  int number(String option, String given) {
    if (given.equals("all")) {
      return Integer.MAX_VALUE;
    }
    if (!given.matches("0*[1-9][0-9]{0,8}")) {
      faults.add(
          option + " '" + given + "': allowed is a whole number from 1 to 999999999, or all");
      return 1;
    }
    return Integer.parseInt(given);
  }

  /// The time of an option; empty without one.
  Optional<Instant> time(String option, @Nullable String given) {
    try {
      return Optional.ofNullable(given).map(text -> Since.parse(text, Clock.systemUTC()));
    } catch (IllegalArgumentException e) {
      faults.add(option + " '" + given + "': allowed is " + Since.ALLOWED);
      return Optional.empty();
    }
  }

  /// Ends the command with exit status 2 if a value that was read is not allowed.
  void requireAllowed() {
    if (!faults.isEmpty()) {
      throw fault(String.join("; ", faults));
    }
  }

  ParameterException fault(String what) {
    return new ParameterException(spec.commandLine(), what);
  }
}

package initrunner.cli.audit;

import initrunner.audit.AuditLocation;
import initrunner.audit.ChainKey;
import initrunner.cli.console.Console;
import initrunner.cli.console.Since;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// What all commands below `audit` share: the option for the database, and how the values of
/// options are read. All values that are not allowed are named at once.
final class AuditOptions {

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

  Map<String, String> environment() {
    return console().environment();
  }

  Console console() {
    return ((AuditCommand) spec.parent().userObject()).console();
  }

  AuditLocation location() {
    return AuditLocation.of(environment(), Optional.ofNullable(database));
  }

  /// The databases to read: the one that is named, else those at the default location.
  List<Path> toRead() {
    return AuditLocation.toRead(environment(), Optional.ofNullable(database));
  }

  ChainKey key() {
    return ChainKey.of(environment(), AuditLocation.home(environment()));
  }

  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /// The number that an option says; empty without one, and where it is none.
  ///
  /// @param or what else is allowed
  Optional<Integer> number(String option, @Nullable String given, String or) {
    if (given != null && !given.matches("0*[1-9][0-9]{0,8}")) {
      faults.add(option + " '" + given + "': allowed is a whole number from 1 to 999999999" + or);
      return Optional.empty();
    }
    return Optional.ofNullable(given).map(Integer::parseInt);
  }

  /// The time that an option says; empty without one, and where it is none.
  Optional<Instant> time(String option, @Nullable String given) {
    try {
      return Optional.ofNullable(given).map(text -> Since.parse(text, Clock.systemUTC()));
    } catch (IllegalArgumentException e) {
      faults.add(option + " '" + given + "': allowed is " + Since.ALLOWED);
      return Optional.empty();
    }
  }

  /// The format that an option says; any where it says none.
  RowFormat format(String given) {
    Optional<RowFormat> named =
        Stream.of(RowFormat.values()).filter(each -> each.lowerCaseName().equals(given)).findAny();
    if (named.isEmpty()) {
      faults.add(
          "--format '" + given + "': allowed is " + String.join(", ", new RowFormat.Names()));
    }
    return named.orElse(RowFormat.TABLE);
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

package initrunner.cli.audit;

import initrunner.audit.AuditLocation;
import initrunner.audit.ChainKey;
import initrunner.cli.console.Console;
import initrunner.cli.options.AuditDatabaseOption;
import initrunner.cli.options.OptionValues;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// What all commands below `audit` share: the option for the database, and how the values of
/// options are read. All values that are not allowed are named at once.
final class AuditOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Mixin private final AuditDatabaseOption database = new AuditDatabaseOption();

  private final OptionValues values = new OptionValues();

  Map<String, String> environment() {
    return console().environment();
  }

  Console console() {
    return ((AuditCommand) spec.parent().userObject()).console();
  }

  AuditLocation location() {
    return database.location(environment());
  }

  /// The databases to read: the one that is named, else those at the default location.
  List<Path> toRead() {
    return database.toRead(environment());
  }

  /// Whether the option names the database.
  boolean isDatabaseNamed() {
    return database.isGiven();
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
    return values.number(option, given, or);
  }

  /// The time that an option says; empty without one, and where it is none.
  Optional<Instant> time(String option, @Nullable String given) {
    return values.time(option, given);
  }

  /// The format that an option says; any where it says none.
  RowFormat format(String given) {
    Optional<RowFormat> named =
        Stream.of(RowFormat.values()).filter(each -> each.lowerCaseName().equals(given)).findAny();
    if (named.isEmpty()) {
      values.fault(
          "--format '" + given + "': allowed is " + String.join(", ", new RowFormat.Names()));
    }
    return named.orElse(RowFormat.TABLE);
  }

  /// Ends the command with exit status 2 if a value that was read is not allowed.
  void requireAllowed() {
    values.requireAllowed(spec.commandLine());
  }

  ParameterException fault(String what) {
    return new ParameterException(spec.commandLine(), what);
  }
}

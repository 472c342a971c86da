package initrunner.cli.options;

import initrunner.cli.console.Since;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/// Reads the values of a command's options. All values that are not allowed are named at once. For
/// one command and one thread.
public final class OptionValues {

  private final List<String> faults = new ArrayList<>();

  /// The number that an option says, at least 1; empty without one, and where it is none.
  ///
  /// @param or what else is allowed, such as `, or all`
  public Optional<Integer> number(String option, @Nullable String given, String or) {
    if (given != null && !given.matches("0*[1-9][0-9]{0,8}")) {
      fault(option + " '" + given + "': allowed is a whole number from 1 to 999999999" + or);
      return Optional.empty();
    }
    return Optional.ofNullable(given).map(Integer::parseInt);
  }

  /// The time that an option says; empty without one, and where it is none.
  public Optional<Instant> time(String option, @Nullable String given) {
    try {
      return Optional.ofNullable(given).map(text -> Since.parse(text, Clock.systemUTC()));
    } catch (IllegalArgumentException e) {
      fault(option + " '" + given + "': allowed is " + Since.ALLOWED);
      return Optional.empty();
    }
  }

  /// Notes a value that is not allowed.
  public void fault(String what) {
    faults.add(what);
  }

  /// Ends the command with exit status 2 if a value is not allowed.
  public void requireAllowed(CommandLine command) {
    if (!faults.isEmpty()) {
      throw new ParameterException(command, String.join("; ", faults));
    }
  }
}

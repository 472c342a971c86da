package initrunner.launch;

import initrunner.exec.Command;
import initrunner.exec.transport.Deadline;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Ends the calls on a host whose owner is gone: a process that is killed ends nothing itself.
/// Stateless.
public final class Leftovers {

  private static final Logger LOG = System.getLogger(Leftovers.class.getName());
  private static final Duration BOUND = Duration.ofSeconds(20);

  /// So that a start does not take long, and the list arrives whole.
  private static final int MOST = 80;

  private Leftovers() {}

  /// Blocks until all have ended, or the time is up: the next start ends the others.
  ///
  /// @param kind what they are called in the log, in the plural
  /// @param list prints a line for each call
  /// @param gone the name of the call of a line; empty if its owner may still run
  /// @param end the commands that end the calls of these names
  public static void end(
      String kind,
      Command list,
      Function<String, Optional<String>> gone,
      Function<List<String>, List<Command>> end,
      Probe probe) {
    List<String> names =
        probe
            .ask(list, BOUND)
            .stdout()
            .lines()
            .distinct()
            .limit(MOST)
            .flatMap(line -> gone.apply(line).stream())
            .toList();
    if (names.isEmpty()) {
      return;
    }
    LOG.log(
        Level.INFO,
        "Ending {0} {1} that outlived the initrunner that started them",
        names.size(),
        kind);
    endWithin(BOUND, end.apply(names), probe);
  }

  /// The name of a call that holds its owner; empty if that may still run.
  public static Optional<String> ifGone(String name) {
    return Optional.of(name).filter(call -> Owner.ofName(call).isGone());
  }

  /// @param bound for all of them together
  static void endWithin(Duration bound, List<Command> ends, Probe probe) {
    Deadline deadline = Deadline.in(bound);
    for (Command end : ends) {
      Duration left = deadline.left();
      if (!left.isPositive()) {
        LOG.log(Level.WARNING, "Not all of them ended within {0} s", bound.toSeconds());
        return;
      }
      Probe.Answer answer = probe.ask(end, left);
      if (answer.status() != 0) {
        LOG.log(Level.WARNING, "Not all of them ended: {0}", answer.said());
      }
    }
  }
}

package initrunner.launch;

import initrunner.exec.Command;
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

  /// Blocks until all have ended.
  ///
  /// @param kind what they are called in the log, in the plural
  /// @param list prints a line for each call
  /// @param end the command that ends the call of a line; empty if its owner may still run
  public static void end(
      String kind, Command list, Function<String, Optional<Command>> end, Probe probe) {
    List<Command> ends =
        probe
            .ask(list, BOUND)
            .stdout()
            .lines()
            .distinct()
            .limit(MOST)
            .flatMap(line -> end.apply(line).stream())
            .toList();
    if (ends.isEmpty()) {
      return;
    }
    LOG.log(
        Level.INFO,
        "Ending {0} {1} that outlived the initrunner that started them",
        ends.size(),
        kind);
    for (Command each : ends) {
      Probe.Answer answer = probe.ask(each, BOUND);
      if (answer.status() != 0) {
        LOG.log(Level.WARNING, "Not all of them ended: {0}", answer.said());
      }
    }
  }
}

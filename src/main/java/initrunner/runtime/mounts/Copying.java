package initrunner.runtime.mounts;

import initrunner.launch.LauncherUnavailableException;
import initrunner.runtime.confine.SandboxHost;
import initrunner.text.SafeText;
import initrunner.transfer.Exchange;
import initrunner.transfer.Exchange.Trees;
import initrunner.transfer.Progress;
import initrunner.transfer.Rules;
import initrunner.transfer.Rules.Deletion;
import initrunner.transfer.Rules.Direction;
import initrunner.transfer.Rules.Take;
import initrunner.transfer.TransferReport;
import initrunner.transfer.TransferReport.Difference;
import initrunner.transfer.TransferReport.Held;
import initrunner.transfer.tree.TransferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Sends copies to one host, and says whether they are there whole. Safe for many threads; each
/// method blocks for the host.
final class Copying {

  private static final Rules PUSH = new Rules(Direction.PUSH, Deletion.FOLLOWED, Take.NEITHER);
  private static final Rules FILL = new Rules(Direction.PUSH, Deletion.KEPT, Take.NEITHER);
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final int MOST_NAMES = 3;

  private final Function<Path, Exchange> exchanges;
  private final Path states;
  private final TransferRecorder recorder;
  private final SandboxHost host;

  /// @param exchanges make an exchange whose states are in a directory
  /// @param states where the states of last exchanges are kept
  Copying(
      Function<Path, Exchange> exchanges,
      Path states,
      TransferRecorder recorder,
      SandboxHost host) {
    this.exchanges = exchanges;
    this.states = states;
    this.recorder = recorder;
    this.host = host;
  }

  /// Whether the copy is exactly what is here, after all has been sent that may be.
  ///
  /// @throws TransferException if it cannot be sent
  boolean isExact(Trees trees) {
    TransferReport report = sent(trees, PUSH, states);
    return report.conflicts().isEmpty() && report.left().isEmpty();
  }

  /// Brings a copy that commands may only read up to date. Other files beside it stay.
  ///
  /// @throws LauncherUnavailableException if something else has changed a file of it
  void bring(Trees trees) {
    TransferReport report = sent(trees, PUSH, states);
    boolean differs = report.left().stream().anyMatch(each -> each.held() != Held.THERE);
    if (differs || !report.conflicts().isEmpty()) {
      refuse(filled(trees).conflicts(), trees);
    }
  }

  /// Brings a copy that commands may change up to date. What they have changed since it was brought
  /// back the last time stays.
  ///
  /// @throws LauncherUnavailableException if a file has changed here too
  void bringWorkingCopy(Trees trees) {
    TransferReport report = sent(trees, PUSH, states);
    boolean isLost = report.same() == 0 && !report.left().isEmpty();
    if (isLost || !report.conflicts().isEmpty()) {
      List<String> names = report.conflicts().stream().map(Difference::name).toList();
      refuse(
          filled(trees).conflicts().stream().filter(each -> names.contains(each.name())).toList(),
          trees);
    }
  }

  /// Sends the files that are missing on the host, also those that the last exchange left there:
  /// nothing is overwritten by that.
  private TransferReport filled(Trees trees) {
    try {
      Path fresh = Files.createTempDirectory(states, "mount-");
      try {
        return sent(trees, FILL, fresh);
      } finally {
        try (Stream<Path> files = Files.walk(fresh)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
    } catch (IOException e) {
      throw TransferException.here("the state of the exchange cannot be kept", e);
    }
  }

  private TransferReport sent(Trees trees, Rules rules, Path states) {
    Exchange exchange = exchanges.apply(states);
    Trees named = NamedTrees.of(host, trees);
    TransferReport report =
        recorder.recorded(named, rules, () -> patient(() -> run(exchange, named, rules)));
    if (!report.refused().isEmpty()) {
      throw new TransferException(
          "files of it cannot be copied: " + named(report.refused()),
          "Make them readable, or move them elsewhere.");
    }
    return report;
  }

  private static TransferReport run(Exchange exchange, Trees trees, Rules rules) {
    return exchange.run(trees, rules, Progress.NONE);
  }

  /// Waits for another process that exchanges the same.
  private static TransferReport patient(Supplier<TransferReport> work) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return work.get();
      } catch (TransferException.Busy e) {
        if (System.nanoTime() - end > 0) {
          throw e;
        }
        pause(e);
      }
    }
  }

  private static void pause(TransferException.Busy why) {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw why;
    }
  }

  private void refuse(List<Difference> conflicts, Trees trees) {
    if (!conflicts.isEmpty()) {
      throw new LauncherUnavailableException(
          "'%s' on %s is not the copy of '%s' any more, because something else has changed it: %s"
              .formatted(
                  trees.there(),
                  host.name(),
                  SafeText.escaped(trees.here().toString()),
                  named(
                      conflicts.stream().map(each -> each.name() + " " + each.reason()).toList())),
          "Nothing was started. Move these files away there, or make them the same as here, and try"
              + " again.");
    }
  }

  private static String named(List<String> names) {
    String first =
        names.stream().limit(MOST_NAMES).map(SafeText::said).collect(Collectors.joining(", "));
    int more = names.size() - MOST_NAMES;
    return more > 0 ? first + " and " + more + " more" : first;
  }
}

package initrunner.runtime.mounts;

import initrunner.exec.Command;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Probe;
import initrunner.text.PackagedText;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// The directories of staged copies in an account's home directory: a store, in which each copy has
/// the name of its content, and working copies. Stateless; each method blocks for the host.
final class Store {

  static final String ENTRIES = "~/.cache/initrunner/mounts/";
  static final String WORKING_COPIES = "~/.cache/initrunner/work/";

  /// Of an entry's own directory, which only the owner may enter.
  static final String TREE = "/tree";

  /// A large copy that is removed takes its time.
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final String SWEEP = PackagedText.read(Store.class, "sweep.sh");
  private static final String REMOVE = PackagedText.read(Store.class, "remove.sh");

  private Store() {}

  /// Makes the directories, marks entries as used, and removes old ones.
  ///
  /// @param entries the names of those of this run
  /// @return the account's home directory
  static String sweep(Probe probe, List<String> entries) {
    String answer = run(probe, SWEEP, entries).stdout();
    String home = answer.lines().findFirst().orElse("");
    if (!home.startsWith("/")) {
      throw new LauncherUnavailableException(
          "the host does not say where the home directory is",
          "See what this prints there: cd && pwd -P");
    }
    return home;
  }

  /// Removes what an entry holds.
  static void remove(Probe probe, String entry) {
    Probe.Answer ignored = run(probe, REMOVE, List.of(entry));
  }

  private static Probe.Answer run(Probe probe, String script, List<String> arguments) {
    String[] argv =
        Stream.concat(Stream.of("sh", "-c", script, "sh"), arguments.stream())
            .toArray(String[]::new);
    Probe.Answer answer = probe.ask(Command.of(argv), PATIENCE);
    if (answer.status() != 0) {
      throw new LauncherUnavailableException(
          "the store of staged mounts cannot be used" + answer.because(),
          "Look at the permissions of ~/.cache/initrunner on the host.");
    }
    return answer;
  }
}

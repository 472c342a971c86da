package initrunner.runtime.confine;

import initrunner.exec.Command;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Probe;
import initrunner.text.PackagedText;
import initrunner.text.SafeText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Checks that commands on a host cannot replace the programs that start contained commands there.
/// The host's login sets `PATH`, and has run programs from it before this check could remove a
/// directory. Stateless; blocks for the host's answer.
public final class HostSearchPath {

  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final int CHANGEABLE = 3;

  private static final String LOOK = PackagedText.read(HostSearchPath.class, "search_path.sh");

  private HostSearchPath() {}

  /// Checks that no program of the search path can be replaced.
  ///
  /// @param writable directories of the host in which commands may write; missing ones and files
  ///   are ignored
  /// @throws LauncherUnavailableException if commands could change a program that starts the next
  ///   of them
  /// @throws TransportException if the host cannot be asked
  public static void requireOutside(List<String> writable, Probe probe) {
    List<String> argv = new ArrayList<>(List.of("/bin/sh", "-c", LOOK, "sh"));
    argv.addAll(writable);
    Probe.Answer answer = probe.ask(Command.of("sh").withArgv(argv), BOUND);
    if (answer.status() == CHANGEABLE) {
      throw new LauncherUnavailableException(
          "PATH on the host holds '"
              + SafeText.said(answer.stdout())
              + "', where commands may write, and a program that they leave there would start the next"
              + " command outside of any sandbox",
          "Remove it from the PATH of a login there, or start and mount nothing in it.");
    }
    if (answer.status() != 0) {
      throw new LauncherUnavailableException(
          "the directories of PATH on the host cannot be checked (status "
              + answer.status()
              + "): "
              + SafeText.said(answer.stderr()),
          "Run initrunner doctor to examine the host.");
    }
  }
}

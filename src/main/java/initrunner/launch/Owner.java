package initrunner.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// The process on whose behalf something runs, told apart from all others that ever had its number.
/// What outlived it can be recognised from the machine that it ran on. Immutable.
///
/// @param text the boot, the namespace of process numbers and the account that it ran under; its
///   number; and its start
public record Owner(String text) {

  private static final String SELF = "self";

  /// This process; empty where the system does not tell.
  public static Optional<Owner> current() {
    return of(SELF);
  }

  /// A process of this machine.
  ///
  /// @param process its number, or `self`
  static Optional<Owner> of(String process) {
    try {
      String stat = Files.readString(Path.of("/proc", process, "stat"));
      String pid = stat.substring(0, stat.indexOf(' '));
      return Optional.of(new Owner(surroundings() + "." + pid + "." + start(stat)));
    } catch (IOException notThere) {
      return Optional.empty();
    }
  }

  /// What the processes have in common of which this one can say whether they still run.
  private static String surroundings() throws IOException {
    String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    String namespace = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
    Object account = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    return boot + "." + namespace.replaceAll("[^0-9]", "") + "." + account;
  }

  /// Clock ticks from the boot to its start. The name before it may hold blanks and parentheses.
  private static String start(String stat) {
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19];
  }

  /// Whether it is certain that it does not run any more.
  public boolean isGone() {
    String[] parts = text.split("\\.", -1);
    try {
      return parts.length == 5
          && parts[3].matches("[0-9]{1,10}")
          && text.startsWith(surroundings() + ".")
          && !start(Files.readString(Path.of("/proc", parts[3], "stat"))).equals(parts[4]);
    } catch (NoSuchFileException noSuchProcess) {
      return true;
    } catch (IOException notKnown) {
      return false;
    }
  }
}

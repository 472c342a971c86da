package initrunner.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// The process that started a call, identified beyond its number, which the system may give to
/// another process. A later process of the same machine can tell that this one is gone. Immutable.
///
/// @param text boot, namespace of process numbers, account, process number and start time
public record Owner(String text) {

  private static final String SELF = "self";

  /// The owner in the name of a call, after the first dot.
  public static Owner ofName(String name) {
    return new Owner(name.substring(name.indexOf('.') + 1));
  }

  /// This process; empty if the system has no `/proc`.
  public static Optional<Owner> current() {
    return of(SELF);
  }

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

  /// The processes that this one can see have these in common.
  private static String surroundings() throws IOException {
    String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    String namespace = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
    Object account = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    return boot + "." + namespace.replaceAll("[^0-9]", "") + "." + account;
  }

  /// Clock ticks from the boot to the start. The name before may hold blanks and parentheses.
  private static String start(String stat) {
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19];
  }

  /// Whether the process has certainly ended.
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

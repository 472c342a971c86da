package initrunner.role;

import java.nio.file.Path;
import java.util.Set;

/// Directories of a machine's system, in none of which as a whole commands may write. Stateless.
public final class SystemDirectories {

  private static final Set<String> NAMES =
      Set.of(
          "/",
          "/etc",
          "/root",
          "/home",
          "/boot",
          "/sys",
          "/proc",
          "/dev",
          "/usr",
          "/bin",
          "/sbin",
          "/lib",
          "/lib64",
          "/var",
          "/run",
          "/opt",
          "/srv",
          "/usr/bin",
          "/usr/sbin",
          "/usr/lib",
          "/usr/lib64");

  private SystemDirectories() {}

  /// Whether a path is one, whatever `.` and `..` are in it. Nothing is looked at.
  public static boolean include(Path path) {
    return NAMES.contains(path.normalize().toString());
  }
}

package initrunner.ssh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The private directories that processes hold, as `/proc` shows them.
public final class PrivateDirectories {

  private PrivateDirectories() {}

  /// Those whose lock a process of this machine holds. One that looks whether another process's
  /// directory is abandoned has its lock file open for that moment.
  public static List<Path> of(long pid) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return files
          .filter(file -> holdsLock(pid, file))
          .map(PrivateDirectories::target)
          .filter(file -> file.startsWith("/tmp/initrunner-ssh-"))
          .map(file -> Path.of(file).getParent())
          .distinct()
          .toList();
    }
  }

  private static boolean holdsLock(long pid, Path descriptor) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/fdinfo/" + descriptor.getFileName()))
          .contains("lock:");
    } catch (IOException gone) {
      return false;
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException gone) {
      return "";
    }
  }
}

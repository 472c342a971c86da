package initrunner.ssh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The private directories that processes hold, as `/proc` shows them.
final class PrivateDirectories {

  private PrivateDirectories() {}

  /// Those whose lock a process of this machine has open.
  static List<Path> of(long pid) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return files
          .map(PrivateDirectories::target)
          .filter(file -> file.startsWith("/tmp/initrunner-ssh-"))
          .map(file -> Path.of(file).getParent())
          .distinct()
          .toList();
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

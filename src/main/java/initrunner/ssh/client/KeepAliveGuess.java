package initrunner.ssh.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/// Finds out, without starting a process, whether the user's ssh configuration surely has no
/// keep-alive, because none of its files names one. `ssh -G` decides what the configuration says;
/// this is for callers that must not wait for it.
public final class KeepAliveGuess {

  private static final long MAX_FILE_BYTES = 1 << 18;

  private static final Path SYSTEM = Path.of("/etc/ssh/ssh_config");

  /// What distributions' own `ssh_config` includes.
  private static final String SYSTEM_INCLUDE = "include /etc/ssh/ssh_config.d/*.conf";

  private KeepAliveGuess() {}

  /// Whether there is none. Blocks while small files are read.
  ///
  /// @return false also where that is not sure
  public static boolean isNone(SshTarget target) {
    try {
      return target.configFile().isPresent()
          ? lacksIt(target.configFile().get())
          : lacksIt(usersFile()) && lacksIt(SYSTEM) && systemDirectoryLacksIt();
    } catch (IOException | UncheckedIOException | InvalidPathException unreadable) {
      return false;
    }
  }

  private static Path usersFile() {
    return Path.of(System.getProperty("user.home"), ".ssh", "config");
  }

  private static boolean systemDirectoryLacksIt() throws IOException {
    Path directory = SYSTEM.resolveSibling("ssh_config.d");
    if (!Files.isDirectory(directory)) {
      return true;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.conf")) {
      for (Path file : files) {
        if (!lacksIt(file)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean lacksIt(Path file) throws IOException {
    if (!Files.exists(file)) {
      return true;
    }
    // Anything but a file may give its content only once.
    return Files.isRegularFile(file)
        && Files.size(file) <= MAX_FILE_BYTES
        && Files.readString(file, StandardCharsets.ISO_8859_1)
            .lines()
            .map(line -> line.strip().toLowerCase(Locale.ROOT))
            .noneMatch(KeepAliveGuess::mayHaveIt);
  }

  private static boolean mayHaveIt(String line) {
    return !line.startsWith("#")
        && (line.contains("serveralive")
            || (line.contains("include") && !line.equals(SYSTEM_INCLUDE)));
  }
}

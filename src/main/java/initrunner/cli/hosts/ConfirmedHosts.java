package initrunner.cli.hosts;

import initrunner.text.OwnersFile;
import initrunner.text.RegularFile;
import initrunner.text.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;

/// What patterns stood for when a person confirmed them, one file for each in the user's directory.
/// A pattern that stands for other hosts since is not confirmed. Stateless beside the files.
///
/// @param directory of the files; it may be missing
record ConfirmedHosts(Path directory) {

  private static final int MOST_BYTES = 1 << 20;

  static ConfirmedHosts in(Path home) {
    return new ConfirmedHosts(home.resolve("confirmed-hosts"));
  }

  /// Whether a person has confirmed these hosts for this pattern. Blocks on the file system only.
  ///
  /// @param pattern with the ssh configuration that it is looked up in
  boolean has(String pattern, List<String> hosts) {
    try {
      return Arrays.equals(RegularFile.bytes(file(pattern), MOST_BYTES), content(pattern, hosts));
    } catch (IOException none) {
      return false;
    }
  }

  /// Remembers that a person has confirmed them. A failure is logged only: the person is asked
  /// again then.
  void add(String pattern, List<String> hosts) {
    Path file = file(pattern);
    try {
      var _ = OwnersFile.createDirectories(directory);
      Path made = Files.createTempFile(directory, ".confirmed", "");
      try (OutputStream stream = Files.newOutputStream(made)) {
        stream.write(content(pattern, hosts));
      }
      Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      System.getLogger(ConfirmedHosts.class.getName())
          .log(Level.WARNING, "The answer cannot be kept in {0}: {1}", directory, e.getMessage());
    }
  }

  private Path file(String pattern) {
    return directory.resolve(Sha256.hex(pattern.getBytes(StandardCharsets.UTF_8)).substring(0, 32));
  }

  private static byte[] content(String pattern, List<String> hosts) {
    String lines = pattern + "\n" + String.join("\n", hosts.stream().sorted().toList()) + "\n";
    return lines.getBytes(StandardCharsets.UTF_8);
  }
}

package initrunner.ssh.client;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The file that the `ssh` of one call writes its log to. It is there before that `ssh`; so one
/// that is missing afterwards is no sign that nothing was written.
///
/// @param made whether there was a directory for it
public record SshLogFile(Path path, boolean made) implements AutoCloseable {

  /// Makes the file, if its directory is there.
  ///
  /// @throws IOException if it cannot be made though the directory is there
  public static SshLogFile create(Path path) throws IOException {
    try {
      return new SshLogFile(Files.createFile(path), true);
    } catch (NoSuchFileException directoryGone) {
      return new SshLogFile(path, false);
    }
  }

  /// What `ssh` wrote.
  ///
  /// @return empty if that is unknown: the file was removed or emptied, the disk was full, or it
  ///   cannot be read
  public Optional<SshClientLog> read() {
    try {
      List<String> all = Files.readAllLines(path, StandardCharsets.ISO_8859_1);
      // At its level of detail ssh writes something before it does anything.
      return all.isEmpty() ? Optional.empty() : Optional.of(SshClientLog.of(all));
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }

  /// Removes it.
  @Override
  public void close() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      System.getLogger(SshLogFile.class.getName()).log(Level.DEBUG, "removing " + path, e);
    }
  }
}

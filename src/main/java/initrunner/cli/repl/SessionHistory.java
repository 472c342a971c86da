package initrunner.cli.repl;

import initrunner.text.OwnersFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jline.reader.impl.history.DefaultHistory;

/// The prompts of earlier sessions, with their secrets taken out.
final class SessionHistory extends DefaultHistory {

  private final UnaryOperator<String> redaction;

  SessionHistory(UnaryOperator<String> redaction) {
    this.redaction = redaction;
  }

  /// Makes the file readable by its owner only; empty if that is impossible.
  static Optional<Path> prepared(Optional<Path> wanted) {
    if (wanted.isEmpty()) {
      return Optional.empty();
    }
    Path file = wanted.get();
    try {
      OwnersFile.createDirectories(Optional.ofNullable(file.getParent()).orElse(file));
      try {
        OwnersFile.create(file).close();
      } catch (FileAlreadyExistsException there) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      }
      return wanted;
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty();
    }
  }

  @Override
  public void add(Instant time, String line) {
    super.add(time, redaction.apply(line));
  }
}

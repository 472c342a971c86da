package initrunner.text;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Makes files that only their owner can read. Stateless.
public final class OwnersFile {

  private OwnersFile() {}

  /// Creates an empty file to write to. An interrupt does not end a write or close the file, as it
  /// would with a channel, so that a clean-up after Ctrl-C writes all of it.
  ///
  /// @throws java.nio.file.FileAlreadyExistsException if the file exists
  public static FileOutputStream create(Path file) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return new FileOutputStream(file.toFile());
  }
}

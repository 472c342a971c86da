package initrunner.text;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Makes files that only their owner can read. Stateless.
public final class OwnersFile {

  private OwnersFile() {}

  /// A new, empty file to write to. An interrupt neither ends a write nor closes the file, as it
  /// would with a channel: what is written in a clean-up after Ctrl-C is written whole.
  ///
  /// @throws java.nio.file.FileAlreadyExistsException if there is one of that name
  public static FileOutputStream create(Path file) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return new FileOutputStream(file.toFile());
  }
}

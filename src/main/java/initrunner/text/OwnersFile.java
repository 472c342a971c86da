package initrunner.text;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Makes files and directories that only their owner can read. Stateless; blocks on the file system
/// only, and an interrupt changes nothing.
public final class OwnersFile {

  private OwnersFile() {}

  /// Creates an empty file to write to. An interrupt does not end a write or close the file, as it
  /// would with a channel, so that a clean-up after Ctrl-C writes all of it.
  ///
  /// @throws FileAlreadyExistsException if the file exists
  public static FileOutputStream create(Path file) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return new FileOutputStream(file.toFile());
  }

  /// The directory, made with those that it is in where they are not there.
  public static Path createDirectories(Path directory) throws IOException {
    return Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /// Makes a file with this content and waits for the disk, unless there is a file of that name.
  /// Other processes see all of the content or no file; of several that make it, one does.
  ///
  /// @param workshop a directory of the same file system, for the unfinished file
  public static void createWhole(Path file, byte[] content, Path workshop) throws IOException {
    Path temporary = Files.createTempFile(workshop, "." + file.getFileName(), "");
    try (FileOutputStream stream = new FileOutputStream(temporary.toFile())) {
      stream.write(content);
      stream.getFD().sync();
      Files.createLink(file, temporary);
    } catch (FileAlreadyExistsException e) {
      // Another process made it.
    } finally {
      Files.delete(temporary);
    }
  }
}

package initrunner.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Reads files that another program may have put there. It takes regular ones only: a pipe, a
/// socket or a device may block for ever or never end. Stateless.
public final class RegularFile {

  /// The file exists and is not a regular one.
  public static final class NotRegularException extends FileSystemException {

    private static final long serialVersionUID = 1L;

    private NotRegularException(Path file) {
      super(
          file.toString(),
          null,
          Files.isDirectory(file)
              ? "is a directory, not a regular file"
              : "is not a regular file (a pipe, a socket or a device)");
    }
  }

  private RegularFile() {}

  /// Reads a file: at most `mostBytes` + 1 bytes, so that the caller sees when there are more.
  /// Blocks on the file system only.
  ///
  /// @throws NotRegularException if it is neither a regular file nor a link to one
  public static byte[] bytes(Path file, int mostBytes) throws IOException {
    requireRegular(file);
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(mostBytes + 1);
    }
  }

  /// Refuses a file that may never end. A missing file passes.
  ///
  /// @throws NotRegularException if it exists and is neither a regular file nor a link to one
  public static void requireRegular(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new NotRegularException(file);
    }
  }
}

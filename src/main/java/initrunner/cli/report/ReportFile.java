package initrunner.cli.report;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/// Puts a page into a file that only its owner can read. Stateless; blocks on the file system.
final class ReportFile {

  /// Where the sign of a page is, at the latest.
  private static final int BEGINNING = 4096;

  private ReportFile() {}

  /// Whether there is something that no report would be written over.
  static boolean isOfAnother(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Files.exists(file);
    }
    try (InputStream stream = Files.newInputStream(file)) {
      byte[] beginning = stream.readNBytes(BEGINNING);
      return beginning.length > 0
          && !new String(beginning, StandardCharsets.UTF_8).contains(ReportPage.SIGN);
    }
  }

  /// Replaces the file at once: readers see the old one or all of the new one. A link stays, and
  /// the file that it leads to is replaced.
  ///
  /// @throws IOException if it cannot be written; then the old file is as it was
  static void replace(Path file, byte[] content) throws IOException {
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    Path directory = target.getParent();
    if (directory == null) {
      throw new IOException(file + ": it is no file");
    }
    Path unfinished =
        Files.createTempFile(
            directory,
            ".report",
            ".html",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      try (FileOutputStream stream = new FileOutputStream(unfinished.toFile())) {
        stream.write(content);
        stream.getFD().sync();
      }
      Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException | Error e) {
      Files.deleteIfExists(unfinished);
      throw e;
    }
  }
}

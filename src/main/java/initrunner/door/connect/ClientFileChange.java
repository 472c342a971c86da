package initrunner.door.connect;

import initrunner.text.OwnersFile;
import initrunner.text.RegularFile;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/// What becomes of one file of a client. Immutable; its methods block on the file system only.
///
/// @param file as the client names it; it may be a symbolic link, and stays one
/// @param before its text; empty if there is no file
/// @param after its new text; empty if the file goes
/// @param kept the backup that is written; empty for none
/// @param dropped a backup that goes; empty for none
public record ClientFileChange(
    Path file,
    Optional<String> before,
    Optional<String> after,
    Optional<Kept> kept,
    Optional<Path> dropped) {

  /// A backup: what a file is without connect. So it never has an entry of an earlier connect.
  public record Kept(Path path, String text) {}

  private static final int MOST_BYTES = 32 * 1024 * 1024;

  /// What connecting does to a file. The backup is the file without connect: a backup of an earlier
  /// connect stays, unless a person has changed the file since.
  ///
  /// @param name of the server, a part of the name of the backup
  /// @throws ClientFileException if connect does not change this file
  /// @throws IOException if it cannot be read
  public static ClientFileChange connecting(ClientFile client, String name) throws IOException {
    Optional<String> before = read(client.path());
    Path backupPath = backup(client.path(), name);
    Optional<String> backup = read(backupPath);
    Optional<String> after = client.with(before, backup);
    boolean isStale = before.isEmpty() && after.isPresent() && backup.isPresent();
    return new ClientFileChange(
        client.path(),
        before,
        after,
        before.flatMap(text -> client.kept(text, backup)).map(text -> new Kept(backupPath, text)),
        Optional.of(backupPath).filter(_ -> isStale || isRestored(before, after, backup)));
  }

  /// What disconnecting does to a file: what connect put in goes, and with it the backup, if the
  /// file is then as it was before.
  ///
  /// @throws ClientFileException if connect does not change this file
  /// @throws IOException if it cannot be read
  public static ClientFileChange disconnecting(ClientFile client, String name) throws IOException {
    Optional<String> before = read(client.path());
    Path backupPath = backup(client.path(), name);
    Optional<String> backup = read(backupPath);
    Optional<String> after = before.flatMap(text -> client.without(text, backup));
    return new ClientFileChange(
        client.path(),
        before,
        after,
        Optional.empty(),
        Optional.of(backupPath).filter(_ -> isRestored(before, after, backup)));
  }

  private static boolean isRestored(
      Optional<String> before, Optional<String> after, Optional<String> backup) {
    return backup.isPresent() && after.equals(backup) && !before.equals(after);
  }

  private static Path backup(Path file, String name) {
    return file.resolveSibling(file.getFileName() + ".before-" + name);
  }

  private static Optional<String> read(Path file) throws IOException {
    if (Files.notExists(file)) {
      return Optional.empty();
    }
    byte[] bytes = RegularFile.bytes(file, MOST_BYTES);
    if (bytes.length > MOST_BYTES) {
      throw new ClientFileException(
          file + " has more than " + MOST_BYTES + " bytes", "Write the lines there by hand.");
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      throw new ClientFileException(
          file + " is not text in UTF-8", "Convert it, or write the lines there by hand.");
    }
  }

  /// Whether there is anything to do.
  public boolean isChange() {
    return !before.equals(after);
  }

  /// Whether the file is then as it was before connect wrote to it.
  public boolean isRestored() {
    return before.isPresent() && dropped.isPresent();
  }

  /// Writes it: other processes see the whole old file or the whole new one.
  ///
  /// @throws ClientFileException if the file has changed meanwhile; nothing was written then
  /// @throws IOException if it cannot be written
  public void write() throws IOException {
    if (!read(file).equals(before)) {
      throw new ClientFileException(
          file + " has changed meanwhile; nothing was written to it", "Start connect again.");
    }
    Path real = real(file);
    if (after.isEmpty()) {
      Files.deleteIfExists(real);
    } else {
      Optional<Set<PosixFilePermission>> permissions =
          before.isPresent() ? Optional.of(Files.getPosixFilePermissions(real)) : Optional.empty();
      if (kept.isPresent()) {
        replace(kept.get().path().toAbsolutePath(), kept.get().text(), permissions);
      }
      Files.createDirectories(parent(real));
      replace(real, after.get(), permissions);
    }
    if (dropped.isPresent()) {
      Files.deleteIfExists(dropped.get());
    }
  }

  /// The file that a link leads to, also if that one is not there yet.
  private static Path real(Path file) throws IOException {
    if (Files.exists(file)) {
      return file.toRealPath();
    }
    Path named = file.toAbsolutePath();
    return Files.isSymbolicLink(named)
        ? named.resolveSibling(Files.readSymbolicLink(named))
        : named;
  }

  private static Path parent(Path absolute) {
    return Optional.ofNullable(absolute.getParent()).orElse(absolute);
  }

  /// @param permissions of the new file; empty for the usual ones of a new file
  private static void replace(
      Path file, String text, Optional<Set<PosixFilePermission>> permissions) throws IOException {
    Path temporary =
        parent(file).resolve("." + file.getFileName() + "." + ProcessHandle.current().pid());
    try (FileOutputStream stream = create(temporary, permissions.isPresent())) {
      stream.write(text.getBytes(StandardCharsets.UTF_8));
      stream.getFD().sync();
      if (permissions.isPresent()) {
        Files.setPosixFilePermissions(temporary, permissions.get());
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static FileOutputStream create(Path file, boolean ownersOnly) throws IOException {
    if (ownersOnly) {
      return OwnersFile.create(file);
    }
    Files.createFile(file);
    return new FileOutputStream(file.toFile());
  }
}

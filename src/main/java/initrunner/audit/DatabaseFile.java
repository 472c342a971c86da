package initrunner.audit;

import initrunner.text.FileFailure;
import initrunner.text.OwnersFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/// Makes a database file that only its owner can read, and refuses any other kind of file.
///
/// SQLite gives its `-wal` and `-shm` files the permissions of the database, so they follow.
final class DatabaseFile {

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private static final String ANOTHER = "another file with --audit-db or INITRUNNER_AUDIT_DB";

  private DatabaseFile() {}

  /// Returns with an own, private, regular file at this path; an empty one if there was none.
  static void ensure(Path database) {
    try {
      Path parent = database.toAbsolutePath().getParent();
      if (parent != null) {
        OwnersFile.createDirectories(parent);
      }
      OwnersFile.create(database).close();
    } catch (FileAlreadyExistsException e) {
      refuseUnlessRegular(database);
      tighten(database);
    } catch (IOException e) {
      throw new AuditException(
          "Cannot create the audit database " + database + ": " + FileFailure.reason(e),
          FileFailure.remedy(
              e,
              "Make its directory writable for you, set INITRUNNER_HOME to one that is, or choose "
                  + ANOTHER),
          e);
    }
  }

  /// What tells this file from another one that replaced it.
  static Object identity(Path database) throws IOException {
    Object key =
        Files.readAttributes(database, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
            .fileKey();
    return key == null ? database : key;
  }

  private static void refuseUnlessRegular(Path database) {
    if (Files.isSymbolicLink(database)) {
      throw new AuditException(
          "The audit database "
              + database
              + " is a symbolic link, and a program that can change it could send the audit log"
              + " elsewhere",
          "Name the file itself with --audit-db or INITRUNNER_AUDIT_DB, or remove the link");
    }
    if (!Files.isRegularFile(database, LinkOption.NOFOLLOW_LINKS)) {
      throw new AuditException(
          "The audit database " + database + " is not a regular file", "Choose " + ANOTHER);
    }
  }

  private static void tighten(Path database) {
    try {
      for (String suffix : List.of("", "-wal", "-shm")) {
        Path file = database.resolveSibling(database.getFileName() + suffix);
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            && !OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
          Files.setPosixFilePermissions(file, OWNER_ONLY);
        }
      }
    } catch (IOException e) {
      throw new AuditException(
          "Others may read the audit database "
              + database
              + ", and that cannot be changed: "
              + FileFailure.reason(e),
          "Make it yours and private (chmod 600), or choose " + ANOTHER,
          e);
    }
  }
}

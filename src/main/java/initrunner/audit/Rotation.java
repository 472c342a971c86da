package initrunner.audit;

import initrunner.text.FileFailure;
import initrunner.text.Hmac;
import initrunner.text.OwnersFile;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Moves an audit log aside, so that the next call begins a new one at its path. The moved file has
/// the time in its name and can be verified there. Blocks; no other process may write meanwhile.
///
/// @param now the time in the names
public record Rotation(Path database, ChainKey key, Instant now) {

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /// Moves the database aside. What is kept of it beside the key is from then on about the moved
  /// file.
  ///
  /// @return where the files are now
  /// @throws AuditException if there is no audit log, or it cannot be moved
  public List<Path> underTheSameKey() {
    Hmac hmac = key.toVerify().orElseThrow(() -> cannot("there is no key at " + key));
    try {
      List<EndsFile> kept = EndsFile.allAbout(key, database);
      List<Path> aside = moveDatabase(!kept.isEmpty());
      for (EndsFile file : kept) {
        Optional<LogEnds> ends = file.read(hmac);
        if (ends.isPresent()) {
          file.moved(ends.get(), aside.isEmpty() ? stamped(database) : aside.getFirst(), hmac);
        } else {
          Path directory = Files.createDirectories(stamped(EndsFile.directory(key)));
          Files.move(file.file(), directory.resolve(file.file().getFileName()));
        }
      }
      return aside;
    } catch (IOException e) {
      throw cannot(FileFailure.reason(e));
    }
  }

  /// Moves the database and the key aside, and what is kept beside the key.
  ///
  /// @return where the files are now
  /// @throws AuditException if there is no audit log, or it cannot be moved
  public List<Path> withKey() {
    try {
      List<Path> aside = new ArrayList<>(moveDatabase(EndsFile.isKnown(key, database)));
      for (Path file : List.of(key.file(), EndsFile.directory(key))) {
        boolean isKey = file.equals(key.file());
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !(isKey && key.given().isPresent())) {
          aside.add(Files.move(file, stamped(file)));
        }
      }
      return aside;
    } catch (IOException e) {
      throw cannot(FileFailure.reason(e));
    }
  }

  /// Lets a new key sign from now on; the audit log stays where it is. Where an earlier key signed
  /// it, as when the key was changed with another database, the key of now follows. Several at once
  /// wait for each other.
  ///
  /// @return the ids of the old key and of the new one
  /// @throws AuditException if there is no audit log or no key, or it does not hold
  public List<String> inPlace() {
    AuditQuery.requirePresent(database);
    try {
      Path directory = OwnersFile.createDirectories(key.earlierKeys());
      Path lock = directory.resolve(".lock");
      makeOwners(lock);
      try (Connection others = SqliteDriver.openToWrite(lock);
          Connection connection = SqliteDriver.openToWrite(database)) {
        // Ends with the process, as no file of another kind would.
        SqliteDriver.execute(others, "BEGIN EXCLUSIVE");
        return inPlace(connection);
      }
    } catch (IOException e) {
      throw new AuditException(
          "The key " + key + " cannot be changed: " + FileFailure.reason(e),
          FileFailure.remedy(e, "Make its directory yours and writable for you"),
          e);
    } catch (SQLException e) {
      throw SqliteDriver.explain("Cannot write to the audit database", database, e);
    }
  }

  private static void makeOwners(Path lock) throws IOException {
    try (FileOutputStream made = OwnersFile.create(lock)) {
      made.flush();
    } catch (FileAlreadyExistsException e) {
      Files.setPosixFilePermissions(lock, PosixFilePermissions.fromString("rw-------"));
    }
  }

  private List<String> inPlace(Connection connection) throws SQLException, IOException {
    Hmac now = key.toVerify().orElseThrow(() -> cannot("there is no key at " + key));
    SqliteDriver.execute(connection, "PRAGMA synchronous = FULL");
    CurrentEnds current = new CurrentEnds(connection, database, key, now).underItsKey();
    requireWhole(connection, current);
    boolean isOfNow = ChainKey.idOf(current.key()).equals(ChainKey.idOf(now));
    if (isOfNow && key.given().isPresent()) {
      throw new AuditException(
          "The key " + key + " signs the audit log already",
          "Write it to a file NAME.key in "
              + key.earlierKeys()
              + " (xxd -r -p, chmod 600), set the variable to a new key, and try again");
    }
    Hmac to = isOfNow ? key.replace() : now;
    LogEnds ends = new ChainWriter(current).changeKey(to);
    EndsFile.of(key, ends.logId()).moved(ends, database, to);
    return List.of(ChainKey.idOf(current.key()), ChainKey.idOf(to));
  }

  /// Before the key is touched.
  private void requireWhole(Connection connection, CurrentEnds current) throws SQLException {
    boolean isWhole =
        EndsTable.read(connection, current.key()).isPresent()
            && ChainCheck.report(database, key).results().stream()
                .allMatch(result -> result.firstBreak().isEmpty());
    if (!isWhole) {
      throw new AuditException(
          "The audit database " + database + " does not hold, so it keeps its key",
          "See: initrunner audit verify");
    }
  }

  /// @param isKnown whether there was an audit log, even if the file is gone
  private List<Path> moveDatabase(boolean isKnown) throws IOException {
    if (!isKnown) {
      AuditQuery.requirePresent(database);
    }
    if (Files.notExists(database)) {
      return List.of();
    }
    fold();
    List<Path> aside = new ArrayList<>();
    Path target = stamped(database);
    for (String suffix : List.of("", "-wal", "-shm")) {
      Path file = database.resolveSibling(database.getFileName() + suffix);
      if (Files.exists(file)) {
        aside.add(Files.move(file, target.resolveSibling(target.getFileName() + suffix)));
      }
    }
    return aside;
  }

  /// Writes the write-ahead log into the database, if that is possible: one file then holds all.
  private void fold() {
    try (Connection connection = SqliteDriver.openToWrite(database)) {
      SqliteDriver.execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (SQLException e) {
      // It is damaged, or in use: its write-ahead log is moved with it.
      System.getLogger(Rotation.class.getName()).log(System.Logger.Level.DEBUG, "Not folded", e);
    }
  }

  /// `audit.db` becomes `audit-20260131T083000000Z.db`.
  private Path stamped(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    int end = dot > 0 ? dot : name.length();
    return file.resolveSibling(
        name.substring(0, end) + "-" + STAMP.format(now) + name.substring(end));
  }

  private AuditException cannot(String why) {
    return new AuditException(
        "The audit database " + database + " cannot be put aside: " + why,
        "Move it away yourself, together with " + EndsFile.directory(key));
  }
}

package initrunner.audit;

import initrunner.text.FileFailure;
import initrunner.text.Hmac;
import initrunner.text.OwnersFile;
import initrunner.text.RegularFile;
import initrunner.text.Timestamps;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Where the key is that signs the records. Immutable; reads and makes the file only when a caller
/// needs the key.
///
/// @param given the key in 64 hexadecimal digits, which wins over the file
/// @param file 32 bytes; made by the first process that writes the audit log
public record ChainKey(Optional<String> given, Path file) {

  /// The variable that holds a key.
  public static final String VARIABLE = "INITRUNNER_AUDIT_HMAC_KEY";

  private static final String FILE_NAME = "audit_hmac.key";

  /// How a new audit log is begun under a new key.
  static final String ROTATE =
      "initrunner audit rotate --new-key moves it and the audit log away, and begins new ones";

  private static final String EARLIER = "audit_keys";
  private static final int KEY_BYTES = 32;
  private static final int ID_CHARACTERS = 16;

  /// No record has this text.
  private static final String ID_TEXT = "initrunner key id";

  private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{64}");

  /// The key of this environment: from [#VARIABLE], else from `audit_hmac.key` in the user's
  /// directory of this product.
  public static ChainKey of(Map<String, String> environment, AuditLocation location) {
    return of(environment, location.home());
  }

  /// The same where that directory is known.
  public static ChainKey of(Map<String, String> environment, Path home) {
    return new ChainKey(
        Optional.ofNullable(environment.get(VARIABLE)).filter(value -> !value.isEmpty()),
        home.resolve(FILE_NAME));
  }

  /// The key beside a database.
  public static ChainKey beside(Path database) {
    return new ChainKey(Optional.empty(), database.resolveSibling(FILE_NAME));
  }

  /// Never shows the key.
  @Override
  public String toString() {
    return given.isPresent() ? VARIABLE : file.toString();
  }

  /// What names the key in public; empty without one.
  ///
  /// @throws AuditException as [#toVerify]
  public Optional<String> id() {
    return toVerify().map(ChainKey::idOf);
  }

  /// What names a key. Says nothing of it to those who do not have it.
  static String idOf(Hmac key) {
    return key.sign(ID_TEXT).substring(0, ID_CHARACTERS);
  }

  /// The directory of the keys that signed earlier. Each of its files holds one key.
  Path earlierKeys() {
    return file.toAbsolutePath().resolveSibling(EARLIER);
  }

  /// The keys that signed earlier and are still there, by their ids.
  ///
  /// @throws AuditException if one is no key, cannot be read, or is open to other users
  Map<String, Hmac> earlier() {
    Map<String, Hmac> earlier = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(earlierKeys(), "*.key")) {
      for (Path each : files) {
        new ChainKey(Optional.empty(), each)
            .toVerify()
            .ifPresent(key -> earlier.put(idOf(key), key));
      }
    } catch (NoSuchFileException e) {
      // The key was never changed.
    } catch (IOException e) {
      throw new AuditException(
          "The keys in " + earlierKeys() + " cannot be read: " + FileFailure.reason(e),
          "Make that directory yours",
          e);
    }
    return earlier;
  }

  /// Keeps the key for verification, and puts a new one into its place.
  ///
  /// @throws IOException if one of them cannot be written; the key is then as it was
  Hmac replace() throws IOException {
    Path directory = OwnersFile.createDirectories(earlierKeys());
    byte[] old = RegularFile.bytes(file, KEY_BYTES);
    OwnersFile.createWhole(directory.resolve(idOf(new Hmac(old)) + ".key"), old, directory);
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    Path made = directory.resolve(".new");
    Files.deleteIfExists(made);
    OwnersFile.createWhole(made, key, directory);
    Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return new Hmac(key);
  }

  /// Whether there is one, right or not.
  public boolean isThere() {
    return given.isPresent() || Files.exists(file);
  }

  /// The key to write with.
  ///
  /// @throws AuditException if it is no key, is open to other users, is a link to nothing, or can
  ///   be neither read nor made
  Hmac toSign() {
    return toVerify().orElseGet(this::make);
  }

  /// The key to check with, if there is one.
  ///
  /// @throws AuditException if it is no key, cannot be read, is open to other users, or is a link
  ///   to nothing
  Optional<Hmac> toVerify() {
    if (given.isPresent()) {
      if (!HEX.matcher(given.get()).matches()) {
        throw new AuditException.VariableInvalid(
            VARIABLE + " is not a key of 64 hexadecimal digits",
            "Make one with: openssl rand -hex 32; or unset it, and a key file is used");
      }
      return Optional.of(new Hmac(HexFormat.of().parseHex(given.get())));
    }
    try {
      requireOwnersAlone();
      byte[] key = RegularFile.bytes(file, KEY_BYTES);
      if (key.length != KEY_BYTES) {
        String found =
            key.length > KEY_BYTES ? "more than 32 bytes" : key.length + " bytes instead of 32";
        throw new AuditException(
            "The key file " + file + " has " + found,
            "Put it back as it was. If it is lost, " + ROTATE);
      }
      return Optional.of(new Hmac(key));
    } catch (NoSuchFileException e) {
      if (Files.isSymbolicLink(file)) {
        throw danglingLink();
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new AuditException(
          "The key file " + file + " cannot be read: " + FileFailure.reason(e),
          "Make it yours (chmod 600), or give a key in " + VARIABLE,
          e);
    }
  }

  private AuditException danglingLink() {
    return new AuditException(
        "The key file " + file + " is a symbolic link to a file that is not there",
        "Put the key where the link points, or remove the link. If the key is lost, " + ROTATE);
  }

  /// A user who can read the key can forge the audit log; one who can write the file can replace
  /// the key.
  private void requireOwnersAlone() throws IOException {
    Set<PosixFilePermission> mode =
        Files.readAttributes(file, PosixFileAttributes.class).permissions();
    if (!PosixFilePermissions.fromString("rwx------").containsAll(mode)) {
      throw new AuditException(
          "The key file "
              + file
              + " is open to other users ("
              + PosixFilePermissions.toString(mode)
              + "), who could forge the audit log with it",
          "Close it: chmod 600 " + file + ". If others may have read it, " + ROTATE);
    }
  }

  /// Several processes may make it at once: all use the one that came first.
  private Hmac make() {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    try {
      Path directory = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
      OwnersFile.createWhole(file, key, OwnersFile.createDirectories(directory));
    } catch (IOException e) {
      throw new AuditException(
          "No key to sign the audit log with can be made at " + file + ": " + FileFailure.reason(e),
          FileFailure.remedy(
              e,
              "Make that directory writable for you, set INITRUNNER_HOME to one that is, or give a"
                  + " key in "
                  + VARIABLE),
          e);
    }
    return toVerify()
        .orElseThrow(() -> new AuditException("The key file " + file + " went away", "Try again"));
  }

  /// Which key signed which record. Immutable.
  ///
  /// @param current signs the ends and what follows the last change
  /// @param earlier by their ids, those that are still there
  /// @param changes oldest first; only right where the chain of notes is
  record Signers(Hmac current, Map<String, Hmac> earlier, List<Change> changes) {

    private static final String TYPE = "key_changed";
    private static final String OLD = "old_key";
    private static final String NEW = "new_key";

    private static final String NOTES =
        "SELECT timestamp, details FROM audit_notes WHERE type = '" + TYPE + "' ORDER BY id";

    /// One key follows another: noted in the audit log, signed with the old key, below ends that
    /// are signed with the new one.
    ///
    /// @param lastIds of each chain, the last record that the old key signed
    public record Change(String timestamp, String oldKey, String newKey, Map<Chain, Long> lastIds) {

      public Change {
        lastIds = Map.copyOf(lastIds);
      }

      long lastId(Chain chain) {
        return lastIds.getOrDefault(chain, 0L);
      }

      SortedMap<String, Optional<Object>> fields() {
        SequencedMap<String, String> details = new LinkedHashMap<>();
        details.put(OLD, oldKey);
        details.put(NEW, newKey);
        for (Chain chain : Chain.values()) {
          details.put(chain.table(), Long.toString(lastId(chain)));
        }
        return new TreeMap<>(
            Map.of(
                "timestamp", Optional.of(timestamp),
                "type", Optional.of(TYPE),
                "details", Optional.of(DetailsText.format(details))));
      }

      /// What a note says; a number that is none counts as 0, and then the chain of notes is
      /// broken.
      private static Change parse(String timestamp, String text) {
        SequencedMap<String, String> details = DetailsText.parse(text);
        Map<Chain, Long> lastIds = new EnumMap<>(Chain.class);
        for (Chain chain : Chain.values()) {
          String id = details.getOrDefault(chain.table(), "");
          lastIds.put(chain, id.matches("[0-9]{1,18}") ? Long.parseLong(id) : 0L);
        }
        return new Change(
            timestamp, details.getOrDefault(OLD, ""), details.getOrDefault(NEW, ""), lastIds);
      }

      static Change now(Hmac from, Hmac to, Map<Chain, Long> lastIds) {
        return new Change(
            Timestamps.format(Instant.now()), ChainKey.idOf(from), ChainKey.idOf(to), lastIds);
      }
    }

    Signers {
      earlier = Map.copyOf(earlier);
      changes = List.copyOf(changes);
    }

    /// One key signed all of it.
    static Signers only(Hmac key) {
      return new Signers(key, Map.of(), List.of());
    }

    /// Reads the notes, and the earlier keys where there are any.
    static Signers of(CurrentEnds current) throws SQLException {
      Connection connection = current.connection();
      if (!Chain.NOTES
          .columns(connection)
          .containsAll(Set.of("id", "timestamp", "type", "details"))) {
        return only(current.key());
      }
      List<Change> changes =
          new ArrayList<>(
              SqliteDriver.all(
                  connection,
                  NOTES,
                  row ->
                      Change.parse(
                          String.valueOf(row.getString(1)), String.valueOf(row.getString(2)))));
      return new Signers(
          current.key(), changes.isEmpty() ? Map.of() : current.chainKey().earlier(), changes);
    }

    /// The ids of all keys that signed, one after the other.
    List<String> ids() {
      List<String> ids = new ArrayList<>();
      changes.forEach(change -> ids.add(change.oldKey()));
      ids.add(idOf(current));
      return ids;
    }

    /// The id of the key that signed this record.
    String idFor(Chain chain, long id) {
      return changes.stream()
          .filter(change -> id <= change.lastId(chain))
          .findFirst()
          .map(Change::oldKey)
          .orElseGet(() -> ChainKey.idOf(current));
    }

    /// The key that signed this record; empty if it is not there.
    Optional<Hmac> of(Chain chain, long id) {
      if (changes.isEmpty() || id > changes.getLast().lastId(chain)) {
        return Optional.of(current);
      }
      String key = idFor(chain, id);
      return key.equals(ChainKey.idOf(current))
          ? Optional.of(current)
          : Optional.ofNullable(earlier.get(key));
    }
  }
}

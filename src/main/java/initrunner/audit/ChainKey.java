package initrunner.audit;

import initrunner.text.FileFailure;
import initrunner.text.Hmac;
import initrunner.text.OwnersFile;
import initrunner.text.RegularFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
}

package initrunner.door.mcp.http;

import initrunner.audit.AuditLocation;
import initrunner.text.FileFailure;
import initrunner.text.OwnersFile;
import initrunner.text.RegularFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// The token of the user's servers, which each client sends with each request (RFC 6750). It is in
/// a file that only the user can read; the first server makes it. Immutable.
public final class BearerToken {

  private static final String FILE_NAME = "mcp_http.token";
  private static final String SCHEME = "Bearer ";
  private static final int TOKEN_BYTES = 32;
  private static final int MOST_CHARACTERS = 1024;
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]{32,}=*");

  private final Path file;
  private final byte[] token;

  private BearerToken(Path file, byte[] token) {
    this.file = file;
    this.token = token;
  }

  /// Reads the token from `mcp_http.token` in the user's directory of this product, and makes it
  /// where there is none. Blocks on the file system only.
  ///
  /// @param process the variables of this process
  /// @throws McpHttpException if it can be neither read nor made, is no token, or is open to other
  ///   users
  public static BearerToken of(Map<String, String> process) {
    Path file = AuditLocation.home(process).resolve(FILE_NAME);
    try {
      if (Files.notExists(file)) {
        make(file);
      }
      return read(file);
    } catch (IOException e) {
      throw new McpHttpException(
          "The token of clients cannot be kept in " + file + ": " + FileFailure.reason(e),
          FileFailure.remedy(
              e,
              "Make that directory yours and writable, or name another one with INITRUNNER_HOME"));
    }
  }

  /// Several servers may make it at once: all use the one that came first.
  private static void make(Path file) throws IOException {
    byte[] random = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(random);
    byte[] text = (HexFormat.of().formatHex(random) + "\n").getBytes(StandardCharsets.US_ASCII);
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      throw new NoSuchFileException(file.toString());
    }
    OwnersFile.createWhole(file, text, OwnersFile.createDirectories(directory));
  }

  private static BearerToken read(Path file) throws IOException {
    Set<PosixFilePermission> mode =
        Files.readAttributes(file, PosixFileAttributes.class).permissions();
    if (!PosixFilePermissions.fromString("rwx------").containsAll(mode)) {
      throw new McpHttpException(
          "The file of the token, "
              + file
              + ", is open to other users ("
              + PosixFilePermissions.toString(mode)
              + "), who could make calls with it",
          "Remove it: the next server makes another one, which clients then need");
    }
    String text =
        new String(RegularFile.bytes(file, MOST_CHARACTERS), StandardCharsets.ISO_8859_1).strip();
    if (text.length() >= MOST_CHARACTERS || !TOKEN.matcher(text).matches()) {
      throw new McpHttpException(
          "The file of the token, " + file + ", holds no token of 32 characters or more",
          "Remove it: the next server makes another one, which clients then need");
    }
    return new BearerToken(file, text.getBytes(StandardCharsets.US_ASCII));
  }

  /// Where it is.
  public Path file() {
    return file;
  }

  /// Whether a request may be answered. How long this takes says nothing about the token.
  ///
  /// @param authorization the header of this name
  boolean isIn(String authorization) {
    return authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && MessageDigest.isEqual(
            authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.ISO_8859_1),
            token);
  }

  /// Never shows the token.
  @Override
  public String toString() {
    return file.toString();
  }
}

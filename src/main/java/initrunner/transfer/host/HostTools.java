package initrunner.transfer.host;

import initrunner.text.Sha256;
import initrunner.transfer.tree.Kind;
import initrunner.transfer.tree.PosixChecksum;
import initrunner.transfer.tree.Seen;
import initrunner.transfer.tree.Stamp;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/// What a host has for transfers, as `look.sh` found it. Immutable.
///
/// @param hash the program for digests with its options: one for SHA-256, `cksum`, or `none`
/// @param fastHash one that takes longer to start, and less for each byte; the same where there is
///   no other
/// @param form how the host tells of files: `gnu` by `find -printf`, `c` and `f` by `stat -c` and
///   `stat -f`, or `none`
/// @param programs which others it has, of `tar`, `gzip` and `tee`
public record HostTools(String hash, String fastHash, String form, Set<String> programs) {

  /// From so many bytes on the fast program is faster.
  private static final long MANY_BYTES = 4 << 20;

  private static final int TYPE_BITS = 0170000;
  private static final int PERMISSION_BITS = 0777;
  private static final long SECOND = 1_000_000_000L;
  private static final int NANO_DIGITS = 9;

  public boolean canList() {
    return form.equals("gnu") || form.equals("c") || form.equals("f");
  }

  public boolean hasTar() {
    return programs.contains("tar");
  }

  /// The program for digests of what comes to a host; `none` where it can digest files only.
  public String streamHash() {
    return programs.contains("tee") ? fastHash : "none";
  }

  public boolean hasGzip() {
    return programs.contains("gzip");
  }

  /// The program for the digests of so many bytes.
  public String hash(long bytes) {
    return bytes < MANY_BYTES ? hash : fastHash;
  }

  /// What a program prints of a file with such a digest; only the digest where it writes a name of
  /// this kind in another way.
  ///
  /// @param program [#hash] or [#fastHash]
  public static String line(String program, String digest, String name) {
    if (isRewritten(name)) {
      return digest;
    }
    return switch (program.split(" ", 2)[0]) {
      case "openssl" -> digest + " *" + name;
      case "cksum" -> digest + " " + name;
      case "sha256" -> digest;
      default -> digest + "  " + name;
    };
  }

  /// Whether programs for digests print a name in another way than it is.
  public static boolean isRewritten(String name) {
    return name.indexOf('\\') >= 0 || name.indexOf('\n') >= 0 || name.indexOf('\r') >= 0;
  }

  /// Whether digests are CRCs, because the host has no SHA-256.
  public boolean onlyChecksums() {
    return hash.equals("cksum");
  }

  /// What makes the same of bytes here as the host's program does there.
  public MessageDigest newDigest() {
    return onlyChecksums() ? new PosixChecksum() : Sha256.digest();
  }

  /// The digest in the words of the host's program. It is used up then.
  public static String text(MessageDigest digest) {
    return digest instanceof PosixChecksum checksum
        ? checksum.text()
        : HexFormat.of().formatHex(digest.digest());
  }

  public boolean canHash() {
    return !hash.equals("none");
  }

  /// What a line of `stat` tells; empty for a file of another kind.
  ///
  /// @throws HostLook.UnreadableException if it is no such line
  public Optional<Seen> seen(String line, String target) throws HostLook.UnreadableException {
    String[] parts = (" " + line).split(" ", -1);
    if (parts.length != 6) {
      throw new HostLook.UnreadableException("the tree changed while the host listed it");
    }
    int radix = form.equals("f") ? 8 : 16;
    int mode = (int) whole(parts[1], radix);
    return switch (mode & TYPE_BITS) {
      case 0100000 -> Optional.of(seen(Kind.FILE, radix, parts, target));
      case 0040000 -> Optional.of(seen(Kind.DIRECTORY, radix, parts, target));
      case 0120000 -> Optional.of(seen(Kind.LINK, radix, parts, target));
      default -> Optional.empty();
    };
  }

  /// What the words of a line tell.
  ///
  /// @param parts from the second on: permissions, size, the two times, inode
  public static Seen seen(Kind kind, int radix, String[] parts, String target)
      throws HostLook.UnreadableException {
    int mode = (int) whole(parts[1], radix) & PERMISSION_BITS;
    return new Seen(
        kind,
        mode,
        new Stamp(whole(parts[2], 10), time(parts[3]), time(parts[4]), whole(parts[5], 10)),
        kind == Kind.LINK ? target : "");
  }

  private static long whole(String digits, int radix) throws HostLook.UnreadableException {
    try {
      long value = Long.parseUnsignedLong(digits, radix);
      if (value >= 0 || radix == 10) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Falls through.
    }
    throw new HostLook.UnreadableException("the tree changed while the host listed it");
  }

  /// Seconds, with or without a fraction, in nanoseconds.
  private static long time(String text) throws HostLook.UnreadableException {
    int point = text.indexOf('.');
    String seconds = point < 0 ? text : text.substring(0, point);
    String fraction = point < 0 ? "" : text.substring(point + 1);
    String nanos = (fraction + "0".repeat(NANO_DIGITS)).substring(0, NANO_DIGITS);
    try {
      long whole = Long.parseLong(seconds) * SECOND;
      long part = Long.parseLong(nanos);
      return seconds.startsWith("-") ? whole - part : whole + part;
    } catch (NumberFormatException e) {
      throw new HostLook.UnreadableException("the tree changed while the host listed it");
    }
  }

  /// A stamp as `stat` prints it without the permissions.
  public String text(Stamp stamp) {
    return stamp.size()
        + " "
        + timeText(stamp.modified())
        + " "
        + timeText(stamp.changed())
        + " "
        + Long.toUnsignedString(stamp.inode());
  }

  private String timeText(long nanos) {
    long seconds = Math.floorDiv(nanos, SECOND);
    return form.equals("c")
        ? Long.toString(seconds)
        : seconds + "." + "%09d".formatted(Math.floorMod(nanos, SECOND));
  }
}

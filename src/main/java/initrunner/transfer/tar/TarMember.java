package initrunner.transfer.tar;

import initrunner.transfer.tree.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// One member of an archive, as its header says it (POSIX ustar; a name or target of more than 100
/// bytes in a GNU long-name member before it, which GNU, BusyBox and BSD tar read).
///
/// @param name as bytes, one character each
/// @param modified seconds of the epoch
/// @param target where a link leads; empty for others
public record TarMember(String name, Kind kind, int mode, long size, long modified, String target) {

  public static final int BLOCK_BYTES = 512;

  private static final int NAME_BYTES = 100;
  private static final int MODE_AT = 100;
  private static final int SIZE_AT = 124;
  private static final int TIME_AT = 136;
  private static final int SUM_AT = 148;
  public static final int TYPE_AT = 156;
  private static final int SIZE_BYTES = 12;
  private static final int PREFIX_AT = 345;
  private static final int PREFIX_BYTES = 155;
  private static final int BASE_256 = 0x80;
  private static final int TARGET_AT = 157;
  private static final int MAGIC_AT = 257;
  private static final long MOST_OCTAL = 0_77777777777L;

  /// Its header blocks.
  public byte[] header() {
    String full = kind == Kind.DIRECTORY ? name + "/" : name;
    byte[] longTarget = target.length() > NAME_BYTES ? longName('K', target) : new byte[0];
    byte[] longName = full.length() > NAME_BYTES ? longName('L', full) : new byte[0];
    byte[] own = block(full, type(), size, target);
    byte[] all = Arrays.copyOf(longTarget, longTarget.length + longName.length + own.length);
    System.arraycopy(longName, 0, all, longTarget.length, longName.length);
    System.arraycopy(own, 0, all, longTarget.length + longName.length, own.length);
    return all;
  }

  private char type() {
    return switch (kind) {
      case FILE -> '0';
      case LINK -> '2';
      case DIRECTORY -> '5';
    };
  }

  private byte[] longName(char type, String text) {
    byte[] bytes = (text + "\0").getBytes(StandardCharsets.ISO_8859_1);
    byte[] header = block("././@LongLink", type, bytes.length, "");
    byte[] all = Arrays.copyOf(header, BLOCK_BYTES + (int) padded(bytes.length));
    System.arraycopy(bytes, 0, all, BLOCK_BYTES, bytes.length);
    return all;
  }

  /// A number of bytes, filled up to whole blocks.
  public static long padded(long bytes) {
    return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
  }

  private byte[] block(String ownName, char type, long ownSize, String ownTarget) {
    byte[] block = new byte[BLOCK_BYTES];
    put(block, 0, NAME_BYTES, ownName);
    octal(block, MODE_AT, 8, mode);
    octal(block, MODE_AT + 8, 8, 0);
    octal(block, MODE_AT + 16, 8, 0);
    octal(block, SIZE_AT, 12, ownSize);
    octal(block, TIME_AT, 12, Math.clamp(modified, 0, MOST_OCTAL));
    block[TYPE_AT] = (byte) type;
    put(block, TARGET_AT, NAME_BYTES, ownTarget);
    put(block, MAGIC_AT, 8, "ustar  ");
    Arrays.fill(block, SUM_AT, SUM_AT + 8, (byte) ' ');
    int sum = 0;
    for (byte each : block) {
      sum += each & 0xFF;
    }
    octal(block, SUM_AT, 7, sum);
    return block;
  }

  private static void put(byte[] block, int at, int most, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, block, at, Math.min(most, bytes.length));
  }

  private static void octal(byte[] block, int at, int width, long value) {
    String digits = Long.toOctalString(value);
    put(block, at, width, "0".repeat(Math.max(0, width - 1 - digits.length())) + digits);
    block[at + width - 1] = 0;
  }

  // What another tar wrote.

  /// The size that a header block says: octal digits, or GNU's base 256; -1 if it says none.
  public static long size(byte[] block) {
    if ((block[SIZE_AT] & BASE_256) != 0) {
      long size = 0;
      for (int i = SIZE_AT + 4; i < SIZE_AT + SIZE_BYTES; i++) {
        size = (size << 8) | (block[i] & 0xFF);
      }
      return size;
    }
    String digits = text(block, SIZE_AT, SIZE_BYTES).strip();
    try {
      return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /// The name that a header block says, with its prefix.
  public static String name(byte[] block) {
    String name = text(block, 0, NAME_BYTES);
    boolean isPosix = text(block, MAGIC_AT, 6).equals("ustar");
    String prefix = isPosix ? text(block, PREFIX_AT, PREFIX_BYTES) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  /// The name of the member that a hard link is of.
  public static String target(byte[] block) {
    return text(block, TARGET_AT, NAME_BYTES);
  }

  public static boolean isSumRight(byte[] block) {
    int sum = 0;
    for (int i = 0; i < BLOCK_BYTES; i++) {
      sum += i >= SUM_AT && i < SUM_AT + 8 ? ' ' : block[i] & 0xFF;
    }
    try {
      return Integer.parseInt(text(block, SUM_AT, 8).strip(), 8) == sum;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static String text(byte[] block, int at, int most) {
    int end = at;
    while (end < at + most && block[end] != 0) {
      end++;
    }
    return new String(block, at, end - at, StandardCharsets.ISO_8859_1);
  }
}

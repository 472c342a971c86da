package initrunner.transfer.tree;

import java.security.MessageDigest;

/// The CRC of POSIX `cksum`, for hosts without SHA-256. For one thread.
public final class PosixChecksum extends MessageDigest {

  private static final int POLYNOMIAL = 0x04C11DB7;
  private static final int[] TABLE = table();

  private int crc;
  private long size;

  public PosixChecksum() {
    super("cksum");
  }

  private static int[] table() {
    int[] table = new int[256];
    for (int i = 0; i < table.length; i++) {
      int value = i << 24;
      for (int bit = 0; bit < 8; bit++) {
        value = value < 0 ? (value << 1) ^ POLYNOMIAL : value << 1;
      }
      table[i] = value;
    }
    return table;
  }

  private static int next(int crc, int octet) {
    return (crc << 8) ^ TABLE[((crc >>> 24) ^ octet) & 0xFF];
  }

  @Override
  protected void engineUpdate(byte input) {
    crc = next(crc, input);
    size++;
  }

  @Override
  protected void engineUpdate(byte[] input, int offset, int length) {
    int value = crc;
    for (int i = offset; i < offset + length; i++) {
      value = next(value, input[i]);
    }
    crc = value;
    size += length;
  }

  /// The first two words of the program's line: the CRC, and the number of bytes.
  public String text() {
    int value = crc;
    for (long rest = size; rest != 0; rest >>>= 8) {
      value = next(value, (int) (rest & 0xFF));
    }
    return Integer.toUnsignedString(~value) + " " + size;
  }

  /// The same of these bytes.
  public static String text(byte[] content) {
    PosixChecksum checksum = new PosixChecksum();
    checksum.update(content);
    return checksum.text();
  }

  @Override
  protected byte[] engineDigest() {
    throw new UnsupportedOperationException("cksum is a text");
  }

  @Override
  protected void engineReset() {
    crc = 0;
    size = 0;
  }
}

package initrunner.exec.transport;

import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Random;

/// Random bytes, in pieces of any size: of none, of a few, and of as many as there is room for.
public final class OddInput extends InputStream {

  private final Random random;
  private final MessageDigest digest = sha256();
  private final int length;
  private volatile int given;

  /// @param most bytes that it may have
  public OddInput(long seed, int most) {
    random = new Random(seed);
    length = random.nextInt(most);
  }

  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }

  /// Of what was given so far.
  public byte[] digest() {
    return digest.digest();
  }

  /// How many bytes were given so far.
  public int given() {
    return given;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    int count = 0;
    while (count == 0) {
      count = read(one, 0, 1);
    }
    return count < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int room) {
    int left = Math.min(room, length - given);
    if (left == 0) {
      return -1;
    }
    int count =
        switch (random.nextInt(8)) {
          case 0 -> 0;
          case 1 -> 1;
          case 2 -> random.nextInt(left + 1);
          default -> left;
        };
    byte[] some = new byte[count];
    random.nextBytes(some);
    System.arraycopy(some, 0, bytes, offset, count);
    digest.update(some);
    given += count;
    return count;
  }
}

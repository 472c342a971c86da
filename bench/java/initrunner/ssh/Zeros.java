package initrunner.ssh;

import java.io.InputStream;
import java.util.Arrays;

/// This many zero bytes.
final class Zeros extends InputStream {

  private long left;

  Zeros(long count) {
    left = count;
  }

  @Override
  public int read() {
    return left-- > 0 ? 0 : -1;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) {
    if (left <= 0) {
      return -1;
    }
    int given = (int) Math.min(length, left);
    Arrays.fill(bytes, offset, offset + given, (byte) 0);
    left -= given;
    return given;
  }
}

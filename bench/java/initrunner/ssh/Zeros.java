package initrunner.ssh;

import java.io.InputStream;

/// This many zero bytes.
final class Zeros extends InputStream {

  private static final byte[] SOME = new byte[256 * 1024];

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
    int given = (int) Math.min(Math.min(length, SOME.length), left);
    System.arraycopy(SOME, 0, bytes, offset, given);
    left -= given;
    return given;
  }
}

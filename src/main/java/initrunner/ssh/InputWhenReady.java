package initrunner.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;

/// The input of a login shell that was not asked what it understands, from when a shell there has
/// said that it is ready to read: nothing else gets any of it. It is given or withheld, once for
/// all; a read blocks until then.
///
/// For one reading thread, which an interrupt ends, and another, which decides.
final class InputWhenReady extends InputStream {

  private final InputStream input;
  private final CountDownLatch decided = new CountDownLatch(1);
  private volatile boolean isWithheld;

  InputWhenReady(InputStream input) {
    this.input = input;
  }

  /// The shell is ready. Too late if it is withheld.
  void give() {
    decided.countDown();
  }

  /// Nothing of it is given from now on, if nothing was before.
  ///
  /// @return whether that is so: then the shell has begun no command, nor will it
  boolean withhold() {
    isWithheld |= decided.getCount() > 0;
    decided.countDown();
    return isWithheld;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int length = read(one, 0, 1);
    return length < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    try {
      decided.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the command is over");
    }
    return isWithheld ? -1 : input.read(bytes, offset, length);
  }

  @Override
  public void close() throws IOException {
    input.close();
  }
}

package initrunner.exec;

import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;

/// A sink that tells another thread that a command has begun, by its first output.
public final class FirstOutput implements Sink {

  private final Captured captured = new Captured(10_000);
  private final CountDownLatch begun = new CountDownLatch(1);

  /// Waits for the first byte of standard output.
  public void await() throws InterruptedException {
    begun.await();
  }

  /// What was printed; to be read after the call.
  public Captured captured() {
    return captured;
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    captured.stdout(bytes);
    begun.countDown();
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    captured.stderr(bytes);
  }
}

package initrunner.transfer.link;

import initrunner.exec.Sink;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.zip.Deflater;

/// Passes output on, and finds out by it how fast the link is, and whether the bytes could be
/// packed. For one call and one thread.
public final class Trial implements Sink {

  private static final int SAMPLE_BYTES = 1 << 16;

  private final Sink to;
  private final byte[] sample = new byte[SAMPLE_BYTES];
  private int sampled;
  private long bytes;
  private long begin;

  public Trial(Sink to) {
    this.to = to;
  }

  @Override
  public void stdout(ByteBuffer output) {
    if (bytes == 0) {
      begin = System.nanoTime();
    }
    bytes += output.remaining();
    int count = Math.min(SAMPLE_BYTES - sampled, output.remaining());
    output.get(output.position(), sample, sampled, count);
    sampled += count;
    to.stdout(output);
  }

  @Override
  public void stderr(ByteBuffer output) {
    to.stderr(output);
  }

  /// Tells the link what was found. The output has ended.
  public void tell(Link link) {
    if (bytes > 0) {
      link.measured(bytes, Duration.ofNanos(System.nanoTime() - begin), isCompressible());
    }
  }

  private boolean isCompressible() {
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    deflater.setInput(sample, 0, sampled);
    deflater.finish();
    int packed = deflater.deflate(new byte[2 * SAMPLE_BYTES]);
    deflater.end();
    return packed < sampled / 10 * 8;
  }
}

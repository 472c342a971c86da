package initrunner.transfer.link;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/// A stream as gzip (RFC 1952). It compresses only while the one that reads it has to wait for the
/// link: at first, and on a link that is faster than the compression, the bytes go as they are. For
/// one thread at a time; blocks as its source does.
public final class PackedStream extends InputStream {

  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
  private static final int TRAILER_BYTES = 8;
  private static final int BUFFER_BYTES = 1 << 16;

  /// The speed is looked at each time so many bytes have been read.
  private static final long SPAN_BYTES = 512 << 10;

  private final InputStream source;
  private final Deflater deflater = new Deflater(Deflater.NO_COMPRESSION, true);
  private final CRC32 crc = new CRC32();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private byte[] framing = HEADER;
  private int framed;
  private long size;
  private boolean isEnded;

  private boolean compresses;
  private long spanBegin = System.nanoTime();
  private long spanBytes;
  private long spanPacked;
  private long spanInside;

  /// @param source is read to its end
  public PackedStream(InputStream source) {
    this.source = source;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] out, int offset, int length) throws IOException {
    long begin = System.nanoTime();
    int count = packed(out, offset, length);
    spanInside += System.nanoTime() - begin;
    spanPacked += Math.max(count, 0);
    return count;
  }

  private int packed(byte[] out, int offset, int length) throws IOException {
    if (framed < framing.length) {
      int count = Math.min(length, framing.length - framed);
      System.arraycopy(framing, framed, out, offset, count);
      framed += count;
      return count;
    }
    while (!isEnded) {
      int count = deflater.deflate(out, offset, length);
      if (count > 0) {
        return count;
      }
      if (deflater.finished()) {
        end();
        return packed(out, offset, length);
      }
      fill();
    }
    return -1;
  }

  private void fill() throws IOException {
    if (spanBytes >= SPAN_BYTES) {
      judge();
    }
    int count = source.read(buffer, 0, buffer.length);
    if (count < 0) {
      deflater.finish();
    } else {
      crc.update(buffer, 0, count);
      deflater.setInput(buffer, 0, count);
      size += count;
      spanBytes += count;
    }
  }

  /// Compresses where most of the time is spent waiting for the link, and stops where it gains
  /// nothing.
  private void judge() {
    long now = System.nanoTime();
    long nanos = Math.max(1, now - spanBegin);
    boolean waits = nanos - spanInside > nanos / 2;
    boolean isSlow = spanBytes * 1_000_000_000.0 / nanos < Link.SLOW_BYTES_PER_SECOND;
    if (!compresses && waits && isSlow) {
      compress(true);
    } else if (compresses && spanPacked > spanBytes * 9 / 10) {
      compress(false);
    }
    spanBegin = now;
    spanBytes = 0;
    spanPacked = 0;
    spanInside = 0;
  }

  private void compress(boolean on) {
    compresses = on;
    deflater.setLevel(on ? Deflater.BEST_SPEED : Deflater.NO_COMPRESSION);
  }

  private void end() {
    isEnded = true;
    deflater.end();
    framing = new byte[TRAILER_BYTES];
    framed = 0;
    for (int i = 0; i < 4; i++) {
      framing[i] = (byte) (crc.getValue() >>> (8 * i));
      framing[4 + i] = (byte) (size >>> (8 * i));
    }
  }
}

package initrunner.transfer.link;

import initrunner.exec.Sink;
import initrunner.transfer.tree.TransferException;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Unpacks what a host's `gzip` prints (RFC 1952), and passes it on. What comes behind the first
/// member is ignored: the digests of the files decide. For one call and one thread.
public final class UnpackingSink implements Sink {

  /// Without a name: what was packed was a pipe.
  private static final int HEADER_BYTES = 10;

  /// The checksum and the length.
  private static final int MOST_BYTES_BEHIND = 8;

  private static final int FLAGS_AT = 3;
  private static final int BUFFER_BYTES = 1 << 16;

  private final Sink to;
  private final Inflater inflater = new Inflater(true);
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private int headerBytes;
  private long behind;

  /// @param to gets the unpacked output, and the error output as it is
  public UnpackingSink(Sink to) {
    this.to = to;
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    while (headerBytes < HEADER_BYTES && bytes.hasRemaining()) {
      byte each = bytes.get();
      if (headerBytes == FLAGS_AT && each != 0) {
        throw refused();
      }
      headerBytes++;
    }
    if (inflater.finished()) {
      behind += bytes.remaining();
      if (behind > MOST_BYTES_BEHIND) {
        throw refused();
      }
      return;
    }
    if (!bytes.hasRemaining()) {
      return;
    }
    inflater.setInput(bytes);
    try {
      while (!inflater.finished()) {
        int count = inflater.inflate(buffer.clear());
        if (count == 0) {
          return;
        }
        to.stdout(buffer.flip());
      }
    } catch (DataFormatException e) {
      throw refused();
    }
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    to.stderr(bytes);
  }

  private static TransferException refused() {
    return new TransferException(
        "what the host's gzip sends cannot be unpacked",
        "Nothing was written. See what `gzip -1 </etc/hosts | gzip -dc` prints there.");
  }

  /// Whether all came.
  public boolean isAtEnd() {
    return inflater.finished();
  }
}

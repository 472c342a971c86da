package initrunner.runtime.moved;

import initrunner.runtime.moved.LocalFiles.Place;
import initrunner.text.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/// An open file of this machine that is sent. It is read twice: for its digest, and to be sent. An
/// interrupt closes it. For one thread at a time.
final class Outgoing implements AutoCloseable {

  private static final int BUFFER_BYTES = 1 << 16;

  private final SeekableByteChannel channel;
  private final long size;

  private Outgoing(SeekableByteChannel channel, long size) {
    this.channel = channel;
    this.size = size;
  }

  /// Opens a file.
  ///
  /// @throws LocalRefusalException if it may not be read
  static Outgoing open(LocalFiles files, String local, long maxBytes) throws IOException {
    Place place = files.toRead(local);
    Optional<Object> before = LocalFiles.regular(local, place).map(BasicFileAttributes::fileKey);
    SeekableByteChannel channel =
        Files.newByteChannel(place.file(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    try {
      files.requireUnmoved(local, place);
      if (!LocalFiles.regular(local, place).map(BasicFileAttributes::fileKey).equals(before)) {
        throw new LocalRefusalException("'" + local + "' was replaced meanwhile");
      }
      long size = channel.size();
      if (size > maxBytes) {
        throw new LocalRefusalException(
            "'"
                + local
                + "' has "
                + size
                + " bytes, more than the "
                + maxBytes
                + " that may be sent");
      }
      return new Outgoing(channel, size);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  long size() {
    return size;
  }

  /// The SHA-256 of the first [#size] bytes.
  String sha256() throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] buffer = new byte[BUFFER_BYTES];
    InputStream content = content();
    for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
      digest.update(buffer, 0, count);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /// The first [#size] bytes: what is added meanwhile does not count.
  InputStream content() throws IOException {
    channel.position(0);
    return new Beginning(Channels.newInputStream(channel), size);
  }

  private static final class Beginning extends InputStream {

    private final InputStream whole;
    private long left;

    Beginning(InputStream whole, long left) {
      this.whole = whole;
      this.left = left;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int count = whole.read(buffer, offset, (int) Math.min(length, left));
      left -= Math.max(0, count);
      return count;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

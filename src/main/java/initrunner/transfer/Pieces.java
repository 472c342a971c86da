package initrunner.transfer;

import initrunner.text.Sha256;
import initrunner.transfer.tree.LocalTree;
import initrunner.transfer.tree.PosixChecksum;
import initrunner.transfer.tree.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/// A large file as pieces with long runs of zeros between them, which need not be sent. It is
/// digested while it is read, so that it is read once. For one thread at a time.
final class Pieces implements AutoCloseable {

  private static final int BLOCK_BYTES = 1 << 20;

  /// A run shorter than this is cheaper sent than left out.
  private static final int LEAST_RUN_BLOCKS = 4;

  private static final byte[] ZEROS = new byte[BLOCK_BYTES];

  private final Path file;
  private final long size;
  private InputStream in = InputStream.nullInputStream();
  private long position;
  private final MessageDigest sha256 = Sha256.digest();
  private final Optional<PosixChecksum> checksum;
  private long digested;

  /// @param size of the file as it is to be sent
  /// @param onlyChecksums whether the host has no other digests
  Pieces(Path root, TreePath path, long size, boolean onlyChecksums) throws IOException {
    this.file = path.in(root);
    this.size = size;
    this.checksum = onlyChecksums ? Optional.of(new PosixChecksum()) : Optional.empty();
    open(0);
  }

  long size() {
    return size;
  }

  /// The SHA-256 of the file, of which all has been read.
  String sha256() {
    return HexFormat.of().formatHex(Sha256.copy(sha256).digest());
  }

  /// The digest of the same in the words of the host's program.
  String ofHost() {
    return checksum.map(PosixChecksum::text).orElseGet(this::sha256);
  }

  /// Reads what an earlier attempt has sent, for the digest.
  void skip(long bytes) throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    for (long at = 0; at < bytes; ) {
      LocalTree.requireWanted();
      at += fill(block, at, (int) Math.min(block.length, bytes - at));
    }
  }

  private void open(long at) throws IOException {
    in.close();
    in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
    in.skipNBytes(at);
    position = at;
  }

  /// Where the next bytes that are not zero begin, in whole blocks; the size if there are none.
  long nextData(long from) throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    long at = from;
    while (at < size) {
      int count = fill(block, at, (int) Math.min(block.length, size - at));
      if (!isZero(block, count)) {
        return at;
      }
      at += count;
    }
    return size;
  }

  private int fill(byte[] block, long at, int wanted) throws IOException {
    if (position != at) {
      open(at);
    }
    int count = in.readNBytes(block, 0, wanted);
    position += count;
    if (count < wanted) {
      throw new IOException("it shrank meanwhile");
    }
    int known = (int) Math.min(count, digested - at);
    sha256.update(block, known, count - known);
    checksum.ifPresent(it -> it.update(block, known, count - known));
    digested = Math.max(digested, at + count);
    return count;
  }

  private static boolean isZero(byte[] block, int count) {
    return Arrays.equals(block, 0, count, ZEROS, 0, count);
  }

  /// The bytes from a position to the next long run of zeros, or to the end.
  Data data(long from, Progress progress) {
    return new Data(from, progress);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /// A stream that knows how far it has come.
  final class Data extends InputStream {
    private final Progress progress;
    private final byte[] block = new byte[BLOCK_BYTES];
    private long end;
    private int filled;
    private int at;
    private int zeroBlocks;
    private boolean ended;

    private Data(long from, Progress progress) {
      this.progress = progress;
      this.end = from;
    }

    /// Where the bytes that were read end.
    long end() {
      return end;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (at == filled && !advance()) {
        return -1;
      }
      int count = Math.min(length, filled - at);
      System.arraycopy(block, at, buffer, offset, count);
      at += count;
      end += count;
      progress.moved(count);
      return count;
    }

    private boolean advance() throws IOException {
      if (ended || end >= size) {
        return false;
      }
      filled = fill(block, end, (int) Math.min(block.length, size - end));
      at = 0;
      zeroBlocks = isZero(block, filled) ? zeroBlocks + 1 : 0;
      if (zeroBlocks == LEAST_RUN_BLOCKS) {
        ended = true;
        filled = 0;
        return false;
      }
      return true;
    }
  }
}

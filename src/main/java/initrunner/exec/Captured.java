package initrunner.exec;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Keeps the head and the tail of each stream under a cap and counts the bytes between them, so
/// that memory stays bounded however much a command prints. One thread writes; read it after the
/// call.
public final class Captured implements Sink {

  private final Ends stdout;
  private final Ends stderr;

  /// @param maxBytesPerStream how many bytes of each stream are kept, half from each end; 2 or more
  /// @throws IllegalArgumentException if it is less than 2
  public Captured(int maxBytesPerStream) {
    stdout = new Ends(maxBytesPerStream);
    stderr = new Ends(maxBytesPerStream);
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    stdout.add(bytes);
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    stderr.add(bytes);
  }

  /// The kept part of standard output, as UTF-8 with bad bytes replaced.
  public Excerpt stdoutExcerpt() {
    return stdout.excerpt();
  }

  /// The kept part of standard error, as UTF-8 with bad bytes replaced.
  public Excerpt stderrExcerpt() {
    return stderr.excerpt();
  }

  /// The kept part of standard output as UTF-8 (bad bytes replaced), with `[… 12.3 MB omitted …]`
  /// on a line of its own where the middle is missing.
  public String stdoutText() {
    return stdoutExcerpt().text();
  }

  /// The kept part of standard error, in the form of [#stdoutText].
  public String stderrText() {
    return stderrExcerpt().text();
  }

  /// The kept bytes of standard output: the head, then the tail.
  public byte[] stdoutKept() {
    return stdout.kept();
  }

  /// The kept bytes of standard error: the head, then the tail.
  public byte[] stderrKept() {
    return stderr.kept();
  }

  /// How many bytes of standard output arrived in all.
  public long stdoutBytes() {
    return stdout.total;
  }

  /// How many bytes of standard error arrived in all.
  public long stderrBytes() {
    return stderr.total;
  }

  private static final class Ends {
    private final int headCapacity;
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private final int tailCapacity;
    private byte[] tail = new byte[0];
    private long total;

    Ends(int maxBytes) {
      if (maxBytes < 2) {
        throw new IllegalArgumentException("a cap of " + maxBytes + " bytes is less than 2");
      }
      headCapacity = maxBytes / 2;
      tailCapacity = maxBytes - headCapacity;
    }

    void add(ByteBuffer bytes) {
      int toHead = Math.min(bytes.remaining(), headCapacity - head.size());
      if (toHead > 0) {
        byte[] chunk = new byte[toHead];
        bytes.get(chunk);
        head.writeBytes(chunk);
        total += toHead;
      }
      if (!bytes.hasRemaining()) {
        return;
      }
      if (tail.length == 0) {
        tail = new byte[tailCapacity];
      }
      long seenByTail = total - headCapacity;
      total += bytes.remaining();
      if (bytes.remaining() > tailCapacity) {
        int skipped = bytes.remaining() - tailCapacity;
        seenByTail += skipped;
        bytes.position(bytes.position() + skipped);
      }
      while (bytes.hasRemaining()) {
        int at = (int) (seenByTail % tailCapacity);
        int run = Math.min(bytes.remaining(), tailCapacity - at);
        bytes.get(tail, at, run);
        seenByTail += run;
      }
    }

    byte[] kept() {
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      whole.writeBytes(head.toByteArray());
      whole.writeBytes(orderedTail());
      return whole.toByteArray();
    }

    private byte[] orderedTail() {
      long inTail = total - head.size();
      if (inTail <= tailCapacity) {
        return Arrays.copyOf(tail, (int) inTail);
      }
      int start = (int) (inTail % tailCapacity);
      byte[] ordered = new byte[tailCapacity];
      System.arraycopy(tail, start, ordered, 0, tailCapacity - start);
      System.arraycopy(tail, 0, ordered, tailCapacity - start, start);
      return ordered;
    }

    Excerpt excerpt() {
      if (total - head.size() <= tailCapacity) {
        return new Excerpt(new String(kept(), StandardCharsets.UTF_8), 0, "");
      }
      byte[] ordered = orderedTail();
      byte[] first = head.toByteArray();
      int firstEnd = lastWholeCharacter(first);
      int lastStart = firstWholeCharacter(ordered);
      return new Excerpt(
          new String(first, 0, firstEnd, StandardCharsets.UTF_8),
          total - firstEnd - (ordered.length - lastStart),
          new String(ordered, lastStart, ordered.length - lastStart, StandardCharsets.UTF_8));
    }

    /// Where to cut so that no UTF-8 sequence is split at the end.
    private static int lastWholeCharacter(byte[] bytes) {
      int end = bytes.length;
      int lead = end - 1;
      while (lead >= 0 && end - lead < 4 && isContinuation(bytes[lead])) {
        lead--;
      }
      if (lead < 0) {
        return end;
      }
      int length = sequenceLength(bytes[lead]);
      return length > 1 && lead + length > end ? lead : end;
    }

    private static int firstWholeCharacter(byte[] bytes) {
      int start = 0;
      while (start < Math.min(3, bytes.length) && isContinuation(bytes[start])) {
        start++;
      }
      return start;
    }

    private static boolean isContinuation(byte b) {
      return (b & 0xC0) == 0x80;
    }

    private static int sequenceLength(byte lead) {
      if ((lead & 0xE0) == 0xC0) {
        return 2;
      }
      if ((lead & 0xF0) == 0xE0) {
        return 3;
      }
      return (lead & 0xF8) == 0xF0 ? 4 : 1;
    }
  }
}

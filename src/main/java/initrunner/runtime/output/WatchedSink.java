package initrunner.runtime.output;

import initrunner.exec.Sink;
import initrunner.text.SecretValues;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/// Passes output on unchanged, and its lines to a watcher. Of a very long line it passes the
/// beginning only, as a secret could lie across two parts. For one thread.
public final class WatchedSink implements Sink {

  private static final int MAX_LINE_BYTES = 8 * 1024;

  /// The most bytes of one UTF-16 unit in UTF-8.
  private static final int MOST_BYTES_OF_A_CHARACTER = 3;

  private static final int MOST_LINES_AT_ONCE = 512;

  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long EACH_ONE = 0x0101010101010101L;
  private static final long LINE_FEEDS = EACH_ONE * '\n';
  private static final long CARRIAGE_RETURNS = EACH_ONE * '\r';

  private static final String MORE = "…";

  private final Sink next;
  private final SecretValues secrets;
  private final Consumer<List<OutputLine>> watcher;
  private final Lines stdout;
  private final Lines stderr;

  public WatchedSink(Sink next, SecretValues secrets, Consumer<List<OutputLine>> watcher) {
    this.next = next;
    this.secrets = secrets;
    this.watcher = watcher;
    int mostBytes = MAX_LINE_BYTES + MOST_BYTES_OF_A_CHARACTER * secrets.lookahead();
    this.stdout = new Lines(mostBytes);
    this.stderr = new Lines(mostBytes);
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    stdout.add(bytes.duplicate());
    next.stdout(bytes);
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    stderr.add(bytes.duplicate());
    next.stderr(bytes);
  }

  /// Shows the last lines, which have no end.
  public void finish() {
    stdout.finish();
    stderr.finish();
  }

  /// Splits one stream into lines.
  private final class Lines {

    private final byte[] content;
    private int length;

    /// The start and the end of each complete line in the content.
    private final int[] bounds = new int[2 * MOST_LINES_AT_ONCE];

    private int whole;

    /// Whether the beginning of a very long line was shown, so that its rest is skipped.
    private boolean leavingOut;

    Lines(int mostBytes) {
      content = new byte[mostBytes];
    }

    void add(ByteBuffer bytes) {
      while (bytes.hasRemaining()) {
        int before = length;
        int added = Math.min(bytes.remaining(), content.length - length);
        bytes.get(content, length, added);
        length += added;
        keepFrom(showWhole(before));
        if (length == content.length && !leavingOut) {
          watcher.accept(List.of(new OutputLine(content.clone(), this::beginning)));
          leavingOut = true;
        }
        if (leavingOut) {
          length = 0;
        }
      }
    }

    private String beginning(String text) {
      return secrets.redactedBeginning(text) + MORE;
    }

    /// Shows the complete lines.
    ///
    /// @param from where the search for the first one's end starts
    /// @return the start of the incomplete line
    private int showWhole(int from) {
      int begin = 0;
      for (int at = lineEnd(from); at < length; at = lineEnd(begin)) {
        if (at > begin && !leavingOut) {
          bounds[2 * whole] = begin;
          bounds[2 * whole + 1] = at;
          whole++;
        }
        leavingOut = false;
        begin = at + 1;
        if (whole == MOST_LINES_AT_ONCE) {
          show();
        }
      }
      show();
      return begin;
    }

    /// The index of the next line feed or carriage return; the length if there is none. It compares
    /// eight bytes at once: a compiler without vectors takes several times as long for single
    /// bytes.
    private int lineEnd(int from) {
      int at = from;
      while (at + Long.BYTES <= length) {
        long eight = (long) EIGHT_BYTES.get(content, at);
        long found = zeroBytes(eight ^ LINE_FEEDS) | zeroBytes(eight ^ CARRIAGE_RETURNS);
        if (found != 0) {
          return at + Long.numberOfTrailingZeros(found) / Byte.SIZE;
        }
        at += Long.BYTES;
      }
      while (at < length && content[at] != '\n' && content[at] != '\r') {
        at++;
      }
      return at;
    }

    /// The high bit of the first zero byte; those behind it may be wrong.
    private static long zeroBytes(long eight) {
      return (eight - EACH_ONE) & ~eight & (EACH_ONE << 7);
    }

    private void show() {
      if (whole > 0) {
        watcher.accept(new Whole(this));
        whole = 0;
      }
    }

    private void keepFrom(int begin) {
      if (begin > 0) {
        length -= begin;
        System.arraycopy(content, begin, content, 0, length);
      }
    }

    private OutputLine line(int index) {
      return line(bounds[2 * index], bounds[2 * index + 1]);
    }

    private OutputLine line(int begin, int end) {
      return new OutputLine(Arrays.copyOfRange(content, begin, end), secrets::redacted);
    }

    void finish() {
      if (length > 0) {
        watcher.accept(List.of(line(0, length)));
        length = 0;
      }
      leavingOut = false;
    }
  }

  /// Copies a line only when it is read: most are not.
  private static final class Whole extends AbstractList<OutputLine> {

    private final Lines lines;

    Whole(Lines lines) {
      this.lines = lines;
    }

    @Override
    public OutputLine get(int index) {
      return lines.line(Objects.checkIndex(index, lines.whole));
    }

    @Override
    public int size() {
      return lines.whole;
    }
  }
}

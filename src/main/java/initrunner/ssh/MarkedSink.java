package initrunner.ssh;

import initrunner.exec.Sink;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Passes on what comes after a line that holds the mark, on each stream by itself, and drops what
/// stands before it: what rc files of the login shell printed. One call's; one thread at a time.
final class MarkedSink implements Sink {

  private final Sink behind;
  private final Gate stdout;
  private final Gate stderr;

  private MarkedSink(Sink behind, Gate stdout, Gate stderr) {
    this.behind = behind;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /// The mark comes on the standard output; what comes on the other stream is the command's.
  static MarkedSink onStdout(String mark, Sink behind) {
    return new MarkedSink(behind, new Gate(line(mark)), new Gate(new byte[0]));
  }

  /// The mark comes on each stream.
  static MarkedSink onBoth(String mark, Sink behind) {
    return new MarkedSink(behind, new Gate(line(mark)), new Gate(line(mark)));
  }

  private static byte[] line(String mark) {
    return (mark + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    if (stdout.opens(bytes)) {
      behind.stdout(bytes);
    }
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    if (stderr.opens(bytes)) {
      behind.stderr(bytes);
    }
  }

  /// Whether the mark has come on the standard output.
  boolean begun() {
    return stdout.isOpen();
  }

  private static final class Gate {
    private final byte[] mark;
    private int matched;

    Gate(byte[] mark) {
      this.mark = mark;
    }

    /// Moves the buffer behind the mark; false while there is nothing behind it.
    boolean opens(ByteBuffer bytes) {
      while (matched < mark.length && bytes.hasRemaining()) {
        byte next = bytes.get();
        if (next == mark[matched]) {
          matched++;
        } else {
          // The mark's first byte occurs in it only once, so a partial match never restarts inside.
          matched = next == mark[0] ? 1 : 0;
        }
      }
      return isOpen() && bytes.hasRemaining();
    }

    boolean isOpen() {
      return matched == mark.length;
    }
  }
}

package initrunner.runtime;

import initrunner.exec.Sink;
import initrunner.text.SecretValues;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Hands output on as it is, and its lines without secrets to a watcher. Of a very long line, that
/// is the beginning: between two parts of one, a secret could be told of in halves. One thread uses
/// it.
final class WatchedSink implements Sink {

  private static final int MAX_LINE_BYTES = 8 * 1024;

  /// Of one UTF-16 unit, in UTF-8.
  private static final int MOST_BYTES_OF_A_CHARACTER = 3;

  private static final String MORE = "…";

  private final Sink next;
  private final SecretValues secrets;
  private final Consumer<String> watcher;
  private final Line stdoutLine;
  private final Line stderrLine;

  WatchedSink(Sink next, SecretValues secrets, Consumer<String> watcher) {
    this.next = next;
    this.secrets = secrets;
    this.watcher = watcher;
    int mostBytes = MAX_LINE_BYTES + MOST_BYTES_OF_A_CHARACTER * secrets.lookahead();
    this.stdoutLine = new Line(mostBytes);
    this.stderrLine = new Line(mostBytes);
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    stdoutLine.add(bytes.duplicate());
    next.stdout(bytes);
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    stderrLine.add(bytes.duplicate());
    next.stderr(bytes);
  }

  /// Tells the last lines, where they have no end.
  void finish() {
    stdoutLine.end();
    stderrLine.end();
  }

  private final class Line {

    private final byte[] content;
    private int length;
    private boolean told;

    Line(int mostBytes) {
      content = new byte[mostBytes];
    }

    void add(ByteBuffer bytes) {
      while (bytes.hasRemaining()) {
        int run = runOf(bytes);
        keep(bytes, run);
        if (bytes.hasRemaining() && isEnd(bytes.get(bytes.position()))) {
          bytes.position(bytes.position() + 1);
          end();
        }
      }
    }

    /// How many bytes there are before the line's end.
    private static int runOf(ByteBuffer bytes) {
      int begin = bytes.position();
      int limit = bytes.limit();
      int at = begin;
      if (bytes.hasArray()) {
        byte[] array = bytes.array();
        int offset = bytes.arrayOffset();
        while (at < limit && !isEnd(array[offset + at])) {
          at++;
        }
      } else {
        while (at < limit && !isEnd(bytes.get(at))) {
          at++;
        }
      }
      return at - begin;
    }

    private static boolean isEnd(byte each) {
      return each == '\n' || each == '\r';
    }

    private void keep(ByteBuffer bytes, int run) {
      int kept = told ? 0 : Math.min(run, content.length - length);
      bytes.get(content, length, kept);
      length += kept;
      bytes.position(bytes.position() + run - kept);
      if (length == content.length) {
        watcher.accept(secrets.redactedBeginning(text()) + MORE);
        length = 0;
        told = true;
      }
    }

    void end() {
      if (length > 0) {
        watcher.accept(secrets.redacted(text()));
        length = 0;
      }
      told = false;
    }

    private String text() {
      return new String(content, 0, length, StandardCharsets.UTF_8);
    }
  }
}

package initrunner.runtime;

import initrunner.audit.SecretValues;
import initrunner.exec.Sink;
import java.io.ByteArrayOutputStream;
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

    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private final int mostBytes;
    private boolean told;

    Line(int mostBytes) {
      this.mostBytes = mostBytes;
    }

    void add(ByteBuffer bytes) {
      while (bytes.hasRemaining()) {
        byte next = bytes.get();
        if (next == '\n' || next == '\r') {
          end();
        } else if (!told) {
          content.write(next);
          tellBeginningOfLong();
        }
      }
    }

    private void tellBeginningOfLong() {
      if (content.size() == mostBytes) {
        watcher.accept(secrets.redactedBeginning(text()) + MORE);
        content.reset();
        told = true;
      }
    }

    void end() {
      if (content.size() > 0) {
        watcher.accept(secrets.redacted(text()));
        content.reset();
      }
      told = false;
    }

    private String text() {
      return content.toString(StandardCharsets.UTF_8);
    }
  }
}

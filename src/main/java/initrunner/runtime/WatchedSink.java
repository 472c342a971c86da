package initrunner.runtime;

import initrunner.exec.Sink;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Hands output on as it is, and its lines to a watcher. One thread uses it.
final class WatchedSink implements Sink {

  /// What is longer is more than one line to the watcher.
  private static final int MAX_LINE_BYTES = 8 * 1024;

  private final Sink next;
  private final Consumer<String> watcher;
  private final ByteArrayOutputStream stdoutLine = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stderrLine = new ByteArrayOutputStream();

  WatchedSink(Sink next, Consumer<String> watcher) {
    this.next = next;
    this.watcher = watcher;
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    watch(bytes.duplicate(), stdoutLine);
    next.stdout(bytes);
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    watch(bytes.duplicate(), stderrLine);
    next.stderr(bytes);
  }

  private void watch(ByteBuffer bytes, ByteArrayOutputStream line) {
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      if (next == '\n' || next == '\r') {
        tell(line);
        continue;
      }
      line.write(next);
      if (line.size() == MAX_LINE_BYTES) {
        tell(line);
      }
    }
  }

  private void tell(ByteArrayOutputStream line) {
    if (line.size() > 0) {
      watcher.accept(line.toString(StandardCharsets.UTF_8));
      line.reset();
    }
  }

  /// Tells the last lines, where they have no end.
  void finish() {
    tell(stdoutLine);
    tell(stderrLine);
  }
}

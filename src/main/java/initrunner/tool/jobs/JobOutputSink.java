package initrunner.tool.jobs;

import initrunner.exec.Sink;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Takes what [JobScripts#output] prints: keeps the description, and hands on the job's own bytes
/// as they come. For one thread.
public final class JobOutputSink implements Sink {

  private static final int MOST_HEAD_BYTES = 64 * 1024;

  private final Sink next;
  private final ByteArrayOutputStream head = new ByteArrayOutputStream();
  private boolean isInOutput;
  private boolean isEmptyLine = true;
  private long passed;

  /// @param next takes the job's output as standard output, and the script's complaints as standard
  ///   error
  public JobOutputSink(Sink next) {
    this.next = next;
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    while (!isInOutput && bytes.hasRemaining()) {
      byte each = bytes.get();
      isInOutput = each == '\n' && isEmptyLine;
      isEmptyLine = each == '\n';
      if (head.size() < MOST_HEAD_BYTES) {
        head.write(each);
      }
    }
    if (bytes.hasRemaining()) {
      int length = bytes.remaining();
      next.stdout(bytes);
      passed += length;
    }
  }

  /// How many bytes of the job's output were handed on.
  public long passed() {
    return passed;
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    next.stderr(bytes);
  }

  /// The description, with `from N` and `to N`.
  public String head() {
    return head.toString(StandardCharsets.UTF_8);
  }
}

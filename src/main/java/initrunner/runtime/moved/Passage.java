package initrunner.runtime.moved;

import initrunner.exec.Pipe;
import initrunner.exec.Sink;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Passes a file on from the command that prints it to the one that takes it: a line with its size
/// and SHA-256, then its bytes. What the second one has not read yet waits in memory, 1 MiB at
/// most; then the first one waits. The host is not trusted: no byte more than it announced is
/// passed on.
///
/// One thread writes, and asks afterwards what became of it.
public final class Passage {

  private static final Pattern HEADER = Pattern.compile("([0-9]{1,18}) [0-9a-f]{64}( x)?");
  private static final int MOST_HEADER_BYTES = 100;

  private final Pipe pipe;
  private final ByteArrayOutputStream header = new ByteArrayOutputStream();
  private OptionalLong left = OptionalLong.empty();
  private boolean isStopped;

  /// Why no more is passed on.
  public enum Why {
    /// What arrived is no file.
    NO_FILE,
    TOO_LONG,
    /// The other command has ended.
    NOT_TAKEN,
    INTERRUPTED
  }

  /// Ends the command that prints the file.
  public static final class Stopped extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Why why;

    private Stopped(Why why) {
      super(why.name());
      this.why = why;
    }

    /// Why it was ended.
    public Why why() {
      return why;
    }
  }

  /// @param pipe read by the command that takes the file
  public Passage(Pipe pipe) {
    this.pipe = pipe;
  }

  /// What takes the output of the command that prints the file. It throws [Stopped], and blocks
  /// while the other command does not read.
  ///
  /// @param complaints gets the error output
  public Sink sink(Sink complaints) {
    return new Sink() {
      @Override
      public void stdout(ByteBuffer bytes) {
        take(bytes);
      }

      @Override
      public void stderr(ByteBuffer bytes) {
        complaints.stderr(bytes);
      }
    };
  }

  private void take(ByteBuffer bytes) {
    while (left.isEmpty() && bytes.hasRemaining()) {
      byte next = bytes.get();
      header.write(next);
      if (next == '\n') {
        begin();
      } else if (header.size() > MOST_HEADER_BYTES) {
        throw stopped(Why.NO_FILE);
      }
    }
    if (left.isPresent() && bytes.hasRemaining()) {
      if (bytes.remaining() > left.getAsLong()) {
        throw stopped(Why.TOO_LONG);
      }
      left = OptionalLong.of(left.getAsLong() - bytes.remaining());
      byte[] part = new byte[bytes.remaining()];
      bytes.get(part);
      pass(part);
    }
  }

  private void begin() {
    String line = header.toString(StandardCharsets.US_ASCII).stripTrailing();
    Matcher announced = HEADER.matcher(line);
    if (!announced.matches()) {
      throw stopped(Why.NO_FILE);
    }
    left = OptionalLong.of(Long.parseLong(announced.group(1)));
    pass(header.toByteArray());
  }

  private void pass(byte[] bytes) {
    try {
      if (!pipe.write(bytes)) {
        throw stopped(Why.NOT_TAKEN);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw stopped(Why.INTERRUPTED);
    }
  }

  private Stopped stopped(Why why) {
    isStopped = true;
    return new Stopped(why);
  }

  /// Whether all of the file was passed on.
  public boolean isWhole() {
    return !isStopped && left.equals(OptionalLong.of(0));
  }
}

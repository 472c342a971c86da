package initrunner.runtime.moved;

import initrunner.exec.Sink;
import initrunner.exec.transport.Pipe;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Passes a file on from the command that prints it to the one that takes it: a line with its size
/// and SHA-256, then its bytes. What the second one has not read yet waits in memory, 1 MiB at
/// most; then the first one waits. The host is not trusted: no byte more than it announced is
/// passed on.
///
/// One thread writes; another may ask afterwards what became of it.
public final class Passage {

  private static final Pattern HEADER = Pattern.compile("([0-9]{1,18}) ([0-9a-f]{64})( x)?");
  private static final int MOST_HEADER_BYTES = 100;
  private static final String NO_FILE =
      "what arrived is no file: another program on the host prints into the call, such as an rc"
          + " file of the login shell";

  /// What comes behind the first line.
  public record Announced(long bytes, String sha256) {}

  private final Pipe pipe;
  private final ByteArrayOutputStream first = new ByteArrayOutputStream();
  private OptionalLong left = OptionalLong.empty();
  private volatile Optional<Announced> announced = Optional.empty();
  private volatile Optional<String> fault = Optional.empty();
  private volatile boolean isUnwanted;
  private volatile boolean isWhole;

  /// @param pipe read by the command that takes the file
  public Passage(Pipe pipe) {
    this.pipe = pipe;
  }

  /// What takes the output of the command that prints the file. It blocks while the other command
  /// does not read, and interrupts its thread if it wants no more output.
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
    while (left.isEmpty() && bytes.hasRemaining() && !isOver()) {
      byte next = bytes.get();
      first.write(next);
      if (next == '\n') {
        begin();
      } else if (first.size() > MOST_HEADER_BYTES) {
        stop(NO_FILE);
      }
    }
    if (left.isPresent() && bytes.hasRemaining() && !isOver()) {
      content(left.getAsLong(), bytes);
    }
  }

  private void begin() {
    String line = first.toString(StandardCharsets.US_ASCII).stripTrailing();
    Matcher header = HEADER.matcher(line);
    if (header.matches()) {
      long bytes = Long.parseLong(header.group(1));
      announced = Optional.of(new Announced(bytes, header.group(2)));
      left = OptionalLong.of(bytes);
      pass(first.toByteArray());
    } else {
      stop(NO_FILE);
    }
  }

  private void content(long most, ByteBuffer bytes) {
    if (bytes.remaining() > most) {
      stop("the host sent more than it announced");
      return;
    }
    left = OptionalLong.of(most - bytes.remaining());
    byte[] part = new byte[bytes.remaining()];
    bytes.get(part);
    pass(part);
  }

  private void pass(byte[] bytes) {
    try {
      isUnwanted = !pipe.write(bytes);
      if (isUnwanted) {
        Thread.currentThread().interrupt();
      }
      isWhole = !isUnwanted && left.equals(OptionalLong.of(0));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stop(String why) {
    fault = Optional.of(why);
    Thread.currentThread().interrupt();
  }

  private boolean isOver() {
    return isUnwanted || fault.isPresent();
  }

  /// The size and the SHA-256 of the file, as the sandbox that has it says; empty without them.
  public Optional<Announced> announced() {
    return announced;
  }

  /// What is wrong with the output; empty if nothing is.
  public Optional<String> fault() {
    return fault;
  }

  /// Whether the other command ended before it had read all.
  public boolean isUnwanted() {
    return isUnwanted;
  }

  /// Whether all of the file was passed on.
  public boolean isWhole() {
    return isWhole;
  }
}

package initrunner.exec;

import initrunner.text.UnicodeText;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// What a command reads on its standard input.
public sealed interface Stdin {

  /// End of file at once.
  record Nothing() implements Stdin {}

  /// These bytes, then end of file. The array is not copied, so the caller must not change it.
  @SuppressWarnings("ArrayRecordComponent") // never compared; a copy of a large input is the cost
  record Bytes(byte[] content) implements Stdin {

    public Bytes {
      Objects.requireNonNull(content, "Stdin.Bytes: content is null");
    }
  }

  /// All that this stream yields until its end. The transport reads it on another thread and does
  /// not close it; if the call ends first, the rest stays unread.
  record Stream(InputStream source) implements Stdin {

    public Stream {
      Objects.requireNonNull(source, "Stdin.Stream: source is null");
    }
  }

  /// What is typed at a terminal (pty) of its own, which the command gets where it runs: it reads
  /// keys there, and writes both of its outputs there. A transport that has no terminals refuses
  /// it. Used by one call; safe for any thread.
  final class Terminal implements Stdin {

    /// How many characters fit.
    public record Size(int columns, int rows) {

      private static final int MOST = 10_000;

      /// @throws IllegalArgumentException if no terminal is as small or as large
      public Size {
        if (columns < 1 || rows < 1 || columns > MOST || rows > MOST) {
          throw new IllegalArgumentException(
              "a terminal of %d columns and %d rows; allowed is 1 to %d of each"
                  .formatted(columns, rows, MOST));
        }
      }
    }

    private final String type;
    private final InputStream typed;
    private Size size;
    private final CountDownLatch begun = new CountDownLatch(1);
    private Runnable afterResize = () -> {};
    private Supplier<Optional<Boolean>> secretsAskedBy = Optional::empty;

    /// @param type for the variable `TERM`
    /// @param typed read as a [Stream]'s source is; its end hangs nothing up
    public Terminal(String type, InputStream typed, Size size) {
      this.type = Objects.requireNonNull(type, "Stdin.Terminal: type is null");
      this.typed = Objects.requireNonNull(typed, "Stdin.Terminal: typed is null");
      this.size = Objects.requireNonNull(size, "Stdin.Terminal: size is null");
    }

    public String type() {
      return type;
    }

    public InputStream typed() {
      return typed;
    }

    public synchronized Size size() {
      return size;
    }

    /// The command's terminal gets this size soon. Does not block.
    public synchronized void resize(Size to) {
      size = Objects.requireNonNull(to, "Stdin.Terminal.resize: to is null");
      afterResize.run();
    }

    /// For the transport: the command has begun.
    public void begun() {
      begun.countDown();
    }

    /// Waits until the command has begun, so long at most. Blocks.
    ///
    /// @return whether it has
    public boolean awaitBegun(Duration most) throws InterruptedException {
      Objects.requireNonNull(most, "Stdin.Terminal.awaitBegun: most is null");
      return begun.await(most.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// For the transport: what makes it look at the size again.
    public synchronized void afterResize(Runnable look) {
      afterResize = Objects.requireNonNull(look, "Stdin.Terminal.afterResize: look is null");
    }

    /// Whether the terminal takes a line without showing it, as it does while a program asks for a
    /// password. Empty where the transport cannot see that, where a program reads keys itself, and
    /// where the command is over. Does not block.
    public synchronized Optional<Boolean> asksSecret() {
      return secretsAskedBy.get();
    }

    /// For the transport: what sees whether a secret is asked for.
    public synchronized void secretsAskedBy(Supplier<Optional<Boolean>> look) {
      secretsAskedBy = Objects.requireNonNull(look, "Stdin.Terminal.secretsAskedBy: look is null");
    }
  }

  static Stdin nothing() {
    return new Nothing();
  }

  /// This text in UTF-8, then end of file.
  ///
  /// @throws IllegalArgumentException if it holds half of a surrogate pair, which has no UTF-8
  static Stdin text(String content) {
    Objects.requireNonNull(content, "Stdin.text: content is null");
    if (!UnicodeText.isWellFormed(content)) {
      throw new IllegalArgumentException(
          "standard input holds half of a surrogate pair, which has no UTF-8");
    }
    return new Bytes(content.getBytes(StandardCharsets.UTF_8));
  }

  /// The input as a stream.
  default InputStream open() {
    return switch (this) {
      case Nothing() -> InputStream.nullInputStream();
      case Bytes(byte[] content) -> new ByteArrayInputStream(content);
      case Stream(InputStream source) -> source;
      case Terminal terminal -> terminal.typed();
    };
  }
}

package initrunner.cli.console;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.function.Supplier;

/// The last line of the terminal that standard streams share: a [WaitLine] that is shown there goes
/// before other text comes, and waits where that text has not ended its line. Safe for many
/// threads: this object is the lock.
final class LastLine {

  private static final String ERASED = "\u001b[K";

  private Optional<WaitLine> shown = Optional.empty();
  private Runnable erasingElsewhere = () -> {};
  private boolean isWritten;

  /// Begins to show a wait.
  ///
  /// @param terminal not one of [#watched]
  synchronized WaitLine begin(Screen terminal, Supplier<Optional<WaitLine.Wait>> wait) {
    WaitLine line = WaitLine.begun(terminal, this, () -> isWritten ? Optional.empty() : wait.get());
    shown = Optional.of(line);
    return line;
  }

  /// Another writer to the same terminal has a last line of its own.
  ///
  /// @param erase takes it away; called under this lock, so it writes to none of [#watched]
  synchronized void sharedWith(Runnable erase) {
    erasingElsewhere = erase;
  }

  /// Takes a wait that is shown away until the next frame.
  synchronized void erase() {
    shown.ifPresent(WaitLine::erase);
  }

  private synchronized void write(OutputStream to, byte[] bytes, int offset, int length)
      throws IOException {
    shown.ifPresent(WaitLine::erase);
    erasingElsewhere.run();
    to.write(bytes, offset, length);
    if (length > 0) {
      isWritten = bytes[offset + length - 1] != '\n' && !isErased(bytes, offset + length);
    }
  }

  private static boolean isErased(byte[] bytes, int end) {
    int from = end - ERASED.length();
    boolean isErased = from >= 0;
    for (int at = 0; isErased && at < ERASED.length(); at++) {
      isErased = bytes[from + at] == ERASED.charAt(at);
    }
    return isErased;
  }

  /// A stream to the same terminal.
  OutputStream watched(OutputStream stream) {
    return new FilterOutputStream(stream) {

      @Override
      public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        LastLine.this.write(out, bytes, offset, length);
      }
    };
  }
}

package initrunner.ssh.process;

import initrunner.exec.pty.PseudoTerminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;

/// What is typed, held back until the remote command has begun and the `ssh` of the call reads
/// single keys: before that, this machine's terminal would make lines and signals of them. It ends
/// when that terminal is closed. For one reading thread; any thread may call [#release].
final class KeysForClient extends InputStream {

  /// A login shell may wait for a key; after this time it gets one.
  private static final Duration MOST = Duration.ofSeconds(5);

  private static final Duration PAUSE = Duration.ofMillis(5);

  private final InputStream typed;
  private final PseudoTerminal terminal;
  private volatile boolean begun;
  private boolean passes;

  KeysForClient(InputStream typed, PseudoTerminal terminal) {
    this.typed = typed;
    this.terminal = terminal;
  }

  /// The command has begun.
  void release() {
    begun = true;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int length = read(one, 0, 1);
    return length < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    return passes() ? typed.read(bytes, offset, length) : -1;
  }

  private boolean passes() throws IOException {
    long begin = System.nanoTime();
    while (!passes) {
      Optional<Boolean> takesKeys = terminal.takesKeys();
      if (takesKeys.isEmpty()) {
        return false;
      }
      passes = (begun && takesKeys.get()) || System.nanoTime() - begin > MOST.toNanos();
      pause();
    }
    return true;
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the command is over");
    }
  }
}

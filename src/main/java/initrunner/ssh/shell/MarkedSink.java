package initrunner.ssh.shell;

import initrunner.exec.Sink;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Passes on what comes after a line that holds the mark, on each stream by itself, and drops what
/// stands before it: what rc files of the login shell printed. One call's; one thread at a time.
public final class MarkedSink implements Sink {

  /// What stands behind the mark where the shell did not run the command, because something had
  /// taken some of its input.
  public static final String REFUSED = " refused";

  /// What stands behind the mark where the shell is ready to read a command.
  static final String READY = " ready";

  /// What stands behind the mark where the shell cannot change to the directory of the command. Why
  /// comes after it.
  static final String NO_DIRECTORY = " directory";

  /// What stands behind the mark where the shell has no terminal for a command that is to have one.
  static final String NO_TERMINAL = " terminal";

  private static final int MAX_REASON_BYTES = 1000;

  private final Sink behind;
  private final Gate stdout;
  private final Gate stderr;
  private final Gate refusal;
  private final Gate noDirectory;
  private final Gate noTerminal;
  private final Gate stdoutReady;
  private final Gate stderrReady;
  private final ByteArrayOutputStream reason = new ByteArrayOutputStream();
  private Runnable whenBegun = () -> {};
  private Runnable whenReady = () -> {};

  private MarkedSink(String mark, Sink behind, Gate stderr) {
    this.behind = behind;
    this.stdout = new Gate(mark.isEmpty() ? "" : mark + "\n");
    this.stderr = stderr;
    this.refusal = new Gate(mark + REFUSED + "\n");
    this.noDirectory = new Gate(mark + NO_DIRECTORY + "\n");
    this.noTerminal = new Gate(mark + NO_TERMINAL + "\n");
    this.stdoutReady = new Gate(mark + READY + "\n");
    this.stderrReady = new Gate(mark + READY + "\n");
  }

  /// No mark comes: everything is the command's.
  static MarkedSink unmarked(Sink behind) {
    return new MarkedSink("", behind, new Gate(""));
  }

  /// The mark comes on the standard output; what comes on the other stream is the command's.
  static MarkedSink onStdout(String mark, Sink behind) {
    return new MarkedSink(mark, behind, new Gate(""));
  }

  /// The mark comes on each stream.
  static MarkedSink onBoth(String mark, Sink behind) {
    return new MarkedSink(mark, behind, new Gate(mark + "\n"));
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    if (!stdout.isOpen()) {
      ready(stdoutReady, bytes);
      var _ = refusal.opens(bytes.duplicate());
      var _ = noTerminal.opens(bytes.duplicate());
      ByteBuffer rest = bytes.duplicate();
      if (noDirectory.opens(rest)) {
        byte[] said = new byte[Math.min(rest.remaining(), MAX_REASON_BYTES - reason.size())];
        rest.get(said);
        reason.writeBytes(said);
      }
    }
    boolean wasOpen = stdout.isOpen();
    boolean opens = stdout.opens(bytes);
    if (!wasOpen && stdout.isOpen()) {
      whenBegun.run();
    }
    if (opens) {
      behind.stdout(bytes);
    }
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    if (!stderr.isOpen()) {
      ready(stderrReady, bytes);
    }
    if (stderr.opens(bytes)) {
      behind.stderr(bytes);
    }
  }

  private void ready(Gate gate, ByteBuffer bytes) {
    if (!gate.isOpen()) {
      var _ = gate.opens(bytes.duplicate());
      if (stdoutReady.isOpen() && stderrReady.isOpen()) {
        whenReady.run();
      }
    }
  }

  /// Runs this once the shell has said on each stream that it is ready to read a command.
  public void whenReady(Runnable then) {
    whenReady = then;
  }

  /// Runs this once the mark has come on the standard output, or now where none is to come.
  public void whenBegun(Runnable then) {
    whenBegun = then;
    if (begun()) {
      then.run();
    }
  }

  /// Whether the mark has come on the standard output, or none was to come.
  public boolean begun() {
    return stdout.isOpen();
  }

  /// Whether the shell has refused to run the command.
  public boolean refused() {
    return !begun() && refusal.isOpen();
  }

  /// Whether the shell has no terminal for a command that is to have one.
  public boolean noTerminal() {
    return !begun() && noTerminal.isOpen();
  }

  /// Why the command had no directory to start in; empty if that is not what happened.
  public Optional<String> noDirectory() {
    return begun() || !noDirectory.isOpen()
        ? Optional.empty()
        : Optional.of(reason.toString(StandardCharsets.UTF_8));
  }

  private static final class Gate {
    private final byte[] line;
    private int matched;

    Gate(String line) {
      this.line = line.getBytes(StandardCharsets.US_ASCII);
    }

    /// Moves the buffer behind the line; false while there is nothing behind it.
    boolean opens(ByteBuffer bytes) {
      while (matched < line.length && bytes.hasRemaining()) {
        byte next = bytes.get();
        if (next == '\r' && matched == line.length - 1) {
          // A terminal ends lines so.
          continue;
        }
        if (next == line[matched]) {
          matched++;
        } else {
          // Its first byte occurs in it only once, so a partial match never restarts inside.
          matched = next == line[0] ? 1 : 0;
        }
      }
      return isOpen() && bytes.hasRemaining();
    }

    boolean isOpen() {
      return matched == line.length;
    }
  }
}

package initrunner.cli.run;

import initrunner.cli.console.Console;
import initrunner.cli.console.WaitLine;
import initrunner.exec.Sink;
import initrunner.launch.slurm.QueueNotice;
import initrunner.runtime.RoleRuntime;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Shows how long a command has been waited for, up to its first output, which it passes on. What
/// Slurm says about its queue is not the command's. For one thread.
public final class AwaitedSink implements Sink, AutoCloseable {

  /// Longer error output is the command's.
  private static final int MOST_NOTICE_BYTES = 200;

  private final Sink next;
  private final WaitLine line;
  private volatile boolean isQueued;

  /// @param program of the command
  public AwaitedSink(Console console, RoleRuntime runtime, String program, Sink next) {
    this.next = next;
    // `exec` starts without the library that measures other characters.
    String command = (program + " on " + runtime.place()).replaceAll("[^ -~]", "?");
    this.line =
        console.waiting(() ->
            isQueued
                ? "waiting in Slurm's queue for " + command
                : runtime.preparing().orElse("waiting for " + command));
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    line.close();
    next.stdout(bytes);
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    Optional<QueueNotice> notice =
        bytes.remaining() > MOST_NOTICE_BYTES
            ? Optional.empty()
            : QueueNotice.of(StandardCharsets.UTF_8.decode(bytes.duplicate()).toString());
    isQueued = notice.equals(Optional.of(QueueNotice.QUEUED));
    if (notice.isEmpty()) {
      line.close();
    }
    next.stderr(bytes);
  }

  @Override
  public void close() {
    line.close();
  }
}

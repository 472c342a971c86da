package initrunner.ssh.master;

import initrunner.exec.transport.CallCookie;
import initrunner.ssh.client.SshClient;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A process that ends a master whose owner was killed (SIGKILL, out of memory): the master alone
/// would stay for as long as the commands on it run. It waits for the end of its input, which comes
/// with the owner's end.
///
/// Safe for many threads.
final class MasterWatch implements AutoCloseable {

  /// A Ctrl-C in the terminal, or the loss of it, is not the owner's end.
  private static final String SCRIPT = "trap '' HUP INT QUIT; read -r nothing; exec \"$@\"";

  private final List<String> command;
  private Optional<Process> waiting = Optional.empty();
  private boolean closed;

  /// Over a master that is or will be there.
  MasterWatch(SshClient client, Path controlPath) {
    command = client.command("sh", "-c", SCRIPT, "initrunner-watch");
    command.addAll(client.exit(controlPath));
  }

  /// Starts the process, unless it was started or is not wanted any more. Blocks meanwhile. The
  /// master has no watch where the machine starts no process.
  synchronized void begin() {
    if (!closed && waiting.isEmpty()) {
      waiting = start(command);
    }
  }

  private static Optional<Process> start(List<String> command) {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    CallCookie.markOwn(builder.environment());
    try {
      return Optional.of(builder.start());
    } catch (IOException e) {
      System.getLogger(MasterWatch.class.getName())
          .log(Level.DEBUG, "no process watches a master", e);
      return Optional.empty();
    }
  }

  /// Ends the watch. Blocks while it is being started.
  @Override
  public synchronized void close() {
    closed = true;
    waiting.ifPresent(Process::destroyForcibly);
  }
}

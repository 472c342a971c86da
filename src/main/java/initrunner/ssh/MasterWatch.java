package initrunner.ssh;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A process that ends a master whose owner was killed (SIGKILL, out of memory) and can do nothing
/// any more: the master alone would stay for as long as the commands on it run. It waits for the
/// end of its input, which comes with the owner's end.
///
/// Safe for many threads.
final class MasterWatch implements AutoCloseable {

  /// A Ctrl-C in the terminal, or the loss of it, is not the owner's end.
  private static final String SCRIPT = "trap '' HUP INT QUIT; read -r nothing; exec \"$@\"";

  private final CompletableFuture<Optional<Process>> waiting;

  private MasterWatch(CompletableFuture<Optional<Process>> waiting) {
    this.waiting = waiting;
  }

  /// Starts one for a master that is or will be there, while the caller goes on. A machine that
  /// lets none be started has none.
  static MasterWatch over(SshClient client, Path controlPath) {
    List<String> command = client.command("sh", "-c", SCRIPT, "initrunner-watch");
    command.addAll(client.exit(controlPath));
    return new MasterWatch(
        CompletableFuture.supplyAsync(
            () -> start(command),
            task -> Thread.ofPlatform().daemon().name("initrunner-ssh-watch").start(task)));
  }

  private static Optional<Process> start(List<String> command) {
    try {
      return Optional.of(
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start());
    } catch (IOException e) {
      System.getLogger(MasterWatch.class.getName()).log(Level.DEBUG, "nobody watches a master", e);
      return Optional.empty();
    }
  }

  /// Ends the watch. Blocks while it is being started.
  @Override
  public void close() {
    waiting.join().ifPresent(Process::destroyForcibly);
  }
}

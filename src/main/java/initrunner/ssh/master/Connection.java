package initrunner.ssh.master;

import initrunner.ssh.client.SshClient;
import initrunner.ssh.client.SshConfiguration;
import initrunner.ssh.shell.LoginShell;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/// A master that answered, and how its host is spoken to. Immutable; safe for many threads.
///
/// @param process the master's, where it says
/// @param watch over the master
public record Connection(
    SshClient client,
    SshConfiguration configuration,
    SshMaster master,
    Optional<ProcessHandle> process,
    MasterWatch watch,
    LoginShell shell,
    Path directory) {

  private static final Duration TERM_BOUND = Duration.ofSeconds(1);
  private static final Duration TERM_PAUSE = Duration.ofMillis(1);

  Connection with(SshConfiguration found) {
    return new Connection(client, found, master, process, watch, shell, directory);
  }

  /// Asks whether the master is there. Blocks while it is asked.
  public boolean isAlive() {
    OptionalLong pid = master.pid();
    return pid.isPresent() && process.filter(ours -> ours.pid() == pid.getAsLong()).isPresent();
  }

  /// Ends the master. One whose control socket was removed hears nothing there, but a signal; one
  /// that was stopped hears only the signal that no process can put off. Where there is a process
  /// to signal, no answer is waited for that a stopped one does not give.
  void end() {
    boolean ends = process.isPresent() ? master.exit(TERM_BOUND) : master.exit();
    process.ifPresent(ours -> {
      if (ours.destroy() && !ends && !isGone(ours)) {
        ours.destroyForcibly();
        var _ = isGone(ours);
      }
    });
    watch.close();
  }

  private static boolean isGone(ProcessHandle ours) {
    long until = System.nanoTime() + TERM_BOUND.toNanos();
    while (runs(ours) && System.nanoTime() < until) {
      LockSupport.parkNanos(TERM_PAUSE.toNanos());
    }
    return !runs(ours);
  }

  /// One that only waits to be reaped, which not every container does, has no program any more.
  private static boolean runs(ProcessHandle ours) {
    return ours.isAlive() && ours.info().command().isPresent();
  }
}

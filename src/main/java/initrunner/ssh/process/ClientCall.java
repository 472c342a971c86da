package initrunner.ssh.process;

import initrunner.exec.Command;
import initrunner.exec.Sink;
import initrunner.exec.Stop;
import initrunner.exec.transport.CallCookie;
import initrunner.exec.transport.Deadline;
import initrunner.exec.transport.LocalProcess;
import initrunner.exec.transport.ProcessHunt;
import initrunner.exec.transport.ProcessHunt.Verdict;
import initrunner.exec.transport.StartedCommand;
import initrunner.exec.transport.Uninterrupted;
import initrunner.ssh.client.SshClientLog;
import initrunner.ssh.client.SshLogFile;
import initrunner.ssh.master.Master;
import initrunner.ssh.master.SecondSession;
import java.time.Duration;

/// The `ssh` process of one call, with the remote command that it waits for.
///
/// @param cookie of the remote command
/// @param log of the process
record ClientCall(Master master, CallCookie cookie, LocalProcess process, SshLogFile log)
    implements StartedCommand.OfProcess {

  private static final Duration HUNT_BOUND = Duration.ofSeconds(10);
  private static final Duration CLIENT_END = Duration.ofSeconds(1);

  /// The command may be on its way when it is looked for first.
  private static final int LOOKS = 3;

  /// Stops the remote command through a second session; the local `ssh` is left to see its end.
  @Override
  public Stop stop(Duration grace, Sink sink) {
    Deadline until = Deadline.in(grace.plus(HUNT_BOUND));
    for (int look = 0; look < LOOKS; look++) {
      Verdict verdict = process.serveDuring(() -> hunt(grace, until), sink);
      switch (verdict) {
        case STOPPED, FOUND_STOPPED -> {
          process.awaitExit(CLIENT_END, sink);
          return verdict.stop();
        }
        case STILL_RUNNING -> {
          return verdict.stop();
        }
        // Its `ssh` stays meanwhile: without it a command that has yet to begin would find the
        // end of its input, and act on that.
        case NONE_FOUND, NONE_SEEN -> {
          if (endedByItself(sink)) {
            return verdict.stop();
          }
        }
        case UNKNOWN -> look = LOOKS;
      }
    }
    process.close();
    Verdict last = Uninterrupted.get(() -> hunt(grace, until));
    // Nothing was found of a command that may have yet to begin.
    return last.foundNothing() ? Stop.UNKNOWN : last.stop();
  }

  /// Nothing was found: either it is over, which its `ssh` is about to say, or it has not begun.
  private boolean endedByItself(Sink sink) {
    return process.awaitExit(CLIENT_END, sink)
        && log.read().flatMap(SshClientLog::exitStatus).isPresent();
  }

  private Verdict hunt(Duration grace, Deadline until) {
    Command hunter = ProcessHunt.command(cookie, process.begun(), grace);
    return SecondSession.hunt(master, hunter, until.left());
  }
}

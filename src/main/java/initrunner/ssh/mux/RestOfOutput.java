package initrunner.ssh.mux;

import initrunner.exec.transport.Deadline;
import java.time.Duration;

/// Once a command is over, tells the rest of its output, which the server may send late, from what
/// a process prints that the command left running. For one channel; used by the thread that drives
/// it.
final class RestOfOutput {

  /// How long an answer to the question whether there is more may take.
  static final Duration SIGN_BOUND = Duration.ofSeconds(5);

  /// More than what a server still has on its way when a command is over.
  private static final long DRAIN_BYTES = 2L * ExecChannel.WINDOW_BYTES;

  /// A server may send what it has read before one answer behind that answer, but sends it before
  /// the next.
  private static final int SIGNS_OF_LIFE = 2;

  /// A process that was left running and prints now and then does not hold a call up: in so much
  /// waiting time, this much of the rest has to come.
  private static final Duration REST_BOUND = Duration.ofSeconds(5);

  private static final long MIN_REST_BYTES = 16 * 1024;

  private boolean heldOpen;
  private int signsOfLife;
  private long bytes;
  private long waitedNanos;
  private boolean trickles;
  private long bytesBefore;

  /// Output came.
  ///
  /// @param count of bytes since the command was over
  void came(int count) {
    bytes += count;
    signsOfLife = 0;
    heldOpen = false;
  }

  void waited(long nanos) {
    waitedNanos += nanos;
    if (waitedNanos >= REST_BOUND.toNanos()) {
      trickles = bytes - bytesBefore < MIN_REST_BYTES;
      waitedNanos = 0;
      bytesBefore = bytes;
    }
  }

  /// The server was asked whether there is more, and does not answer.
  void unanswered() {
    heldOpen = true;
  }

  /// The server has answered that question, and nothing came before the answer.
  ///
  /// @return whether another answer is needed to be sure
  boolean isToBeAskedAgain() {
    heldOpen = ++signsOfLife == SIGNS_OF_LIFE;
    return !heldOpen;
  }

  /// Whether what still comes is not the command's own.
  ///
  /// @param deadline of the call
  boolean isNotTheCommands(Deadline deadline) {
    boolean late = deadline.nanosLeft() < -SIGN_BOUND.toNanos();
    return heldOpen || trickles || late || bytes > DRAIN_BYTES;
  }
}

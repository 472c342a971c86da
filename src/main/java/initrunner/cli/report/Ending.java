package initrunner.cli.report;

import initrunner.audit.story.Outcome;
import initrunner.audit.story.StoredCall;
import initrunner.audit.story.StoredTransfer;

/// How a call or a run ended, in the order of how much it needs a look.
enum Ending {
  /// It may still run: the link was lost, or no end is recorded.
  LOST(0),
  TIMED_OUT(1),
  FAILED(2),
  REFUSED(3),
  NOT_STARTED(4),
  CANCELLED(5),
  WELL(6),
  /// Of runs only.
  PAUSED(7);

  private final int number;

  Ending(int number) {
    this.number = number;
  }

  /// By which the page knows it (`data.js`).
  int number() {
    return number;
  }

  static Ending of(StoredCall call) {
    return call.end().map(Ending::of).orElse(LOST);
  }

  private static Ending of(StoredCall.End end) {
    return switch (end.word()) {
      case "lost" -> LOST;
      case "timed_out" -> TIMED_OUT;
      case "refused" -> REFUSED;
      case "not_started" -> NOT_STARTED;
      case "cancelled" -> CANCELLED;
      default -> end.isSuccess() ? WELL : FAILED;
    };
  }

  static Ending of(StoredTransfer transfer) {
    return transfer.ended().equals("complete") ? WELL : FAILED;
  }

  static Ending of(Outcome outcome) {
    return switch (outcome.kind()) {
      case SUCCEEDED -> WELL;
      case FAILED -> FAILED;
      case PAUSED -> PAUSED;
      case UNFINISHED -> LOST;
    };
  }
}

package initrunner.audit.story;

import initrunner.audit.story.StoredCall.End;
import java.util.Optional;

/// How calls ended, in words. Stateless.
public final class CallText {

  private CallText() {}

  /// How a call ended, in a few words: `exit 0`, `timed out (stopped)`, `lost`.
  public static String end(StoredCall call) {
    if (isClosed(call)) {
      return "closed";
    }
    return call.end().map(CallText::end).orElse("no end is recorded");
  }

  /// A terminal and a forwarded port are open until they are closed.
  private static boolean isClosed(StoredCall call) {
    return (call.what().function().equals(Optional.of("open_terminal"))
            || call.asker().door().equals("forward"))
        && call.end()
            .filter(end -> end.word().equals("cancelled"))
            .flatMap(End::stop)
            .equals(Optional.of("stopped"));
  }

  private static String end(End end) {
    return switch (end.word()) {
      case "exited" -> "exit " + end.status();
      case "signaled" -> "ended by signal " + end.because().orElse("?");
      case "timed_out" -> "timed out" + in(end.stop().map(CallText::stopWord));
      case "cancelled" -> "cancelled" + in(end.stop().map(CallText::stopWord));
      case "refused" -> "refused" + in(end.because());
      case "not_started" -> "not started" + in(end.because().map(CallText::hindrance));
      case "out_of_memory" -> "out of memory";
      case "answered" -> end.isSuccess() ? "ok" : "failed";
      case "lost" -> "link lost";
      default -> end.word().isEmpty() ? "status " + end.status() : end.word();
    };
  }

  /// A connection's refusal, not a rule's.
  private static String hindrance(String reason) {
    return reason.equals("refused") ? "connection refused" : reason;
  }

  private static String in(Optional<String> why) {
    return why.map(text -> " (" + text.replace('_', ' ') + ")").orElse("");
  }

  private static String stopWord(String stop) {
    return stop.equals("unknown") ? "stop unknown" : stop;
  }

  /// What is known of the processes of a call that did not end by itself; empty for one that did.
  public static Optional<String> proof(StoredCall call) {
    return call.end().flatMap(CallText::proof);
  }

  private static Optional<String> proof(End end) {
    if (end.word().equals("lost")) {
      return Optional.of("the link was lost: its processes may still run");
    }
    return end.stop()
        .map(stop ->
            switch (stop) {
              case "stopped" -> "proven: none of its processes is left";
              case "still_running" -> "proven: some of its processes still run";
              default -> "not known whether its processes are gone";
            });
  }
}

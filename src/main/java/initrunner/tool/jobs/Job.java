package initrunner.tool.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A job, as its host describes it. The host is not trusted: texts are not safe to show. Immutable.
///
/// @param id hexadecimal digits
/// @param command the words as its starter wrote them, on one line
/// @param since when it was started, by the host's clock
/// @param host the machine's own name
/// @param survives whether it outlives the logout of its account: `yes`, `no` or `unknown`, with a
///   reason; empty if the host does not say
/// @param bytes of its output until now
/// @param isComplete whether no more output comes
/// @param lostBytes of its end, which the host could not keep
public record Job(
    String id,
    String name,
    String command,
    Optional<Instant> since,
    String host,
    String survives,
    State state,
    long bytes,
    boolean isComplete,
    long lostBytes) {

  /// What became of a job.
  public sealed interface State {

    /// It runs, or is about to.
    ///
    /// @param pid of its first process; 0 if that is not known yet
    record Running(long pid) implements State {}

    /// It has ended.
    ///
    /// @param status 128 and the number of the signal, if one ended it
    /// @param at by the host's clock
    record Ended(int status, Cause cause, Optional<Instant> at) implements State {}

    /// The launcher did not start it.
    ///
    /// @param reason what the launcher said
    record Unstarted(String reason, Optional<Instant> at) implements State {}

    /// It has ended, and how is not known.
    record Lost(String reason) implements State {}

    /// Another machine runs it, which shares the files of this one.
    record Elsewhere(String node) implements State {}
  }

  /// Why it ended.
  public enum Cause {
    ITSELF,
    /// `stop_job`, or a person.
    STOPPED,
    /// It had run as long as it may.
    OVERTIME,
    OUT_OF_MEMORY
  }

  /// Whether it may still run.
  public boolean mayRun() {
    return switch (state) {
      case State.Running _, State.Elsewhere _ -> true;
      case State.Ended _, State.Unstarted _, State.Lost _ -> false;
    };
  }

  /// How long it ran; empty if that is not known, or the host's clock was set back meanwhile.
  public Optional<Duration> ran() {
    return state instanceof State.Ended(_, _, Optional<Instant> at)
        ? since
            .flatMap(begin -> at.map(end -> Duration.between(begin, end)))
            .filter(time -> !time.isNegative())
        : Optional.empty();
  }

  /// How it ended, in one word for the audit log; empty for one that may still run.
  public Optional<String> end() {
    return switch (state) {
      case State.Running _, State.Elsewhere _ -> Optional.empty();
      case State.Unstarted _ -> Optional.of("not_started");
      case State.Lost _ -> Optional.of("lost");
      case State.Ended(_, Cause cause, _) ->
          Optional.of(
              switch (cause) {
                case ITSELF -> "exited";
                case STOPPED -> "stopped";
                case OVERTIME -> "timed_out";
                case OUT_OF_MEMORY -> "out_of_memory";
              });
    };
  }

  /// The jobs that a description names, in its order.
  public static List<Job> all(String description) {
    return JobDescription.jobs(description);
  }
}

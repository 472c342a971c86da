package initrunner.audit.story;

import java.time.Instant;
import java.util.Optional;

/// Which runs are asked for. Immutable.
///
/// @param agent exactly
/// @param host exactly, as roles name it; [#THIS_MACHINE] for calls without one
/// @param sandbox its name exactly, of a role that has several
/// @param since only runs that began then or later
/// @param ends which ends
/// @param limit at most so many, the newest
public record RunFilter(
    Optional<String> agent,
    Optional<String> host,
    Optional<String> sandbox,
    Optional<Instant> since,
    Ends ends,
    int limit) {

  /// The host of calls that are made here.
  public static final String THIS_MACHINE = "local";

  /// Which ends are asked for.
  public enum Ends {
    ALL,
    /// All but [Outcome.Kind#SUCCEEDED].
    NOT_SUCCEEDED
  }

  /// Every run.
  public static final RunFilter ALL =
      new RunFilter(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Ends.ALL,
          Integer.MAX_VALUE);

  /// Checks the limit.
  ///
  /// @throws IllegalArgumentException for a limit below 1
  public RunFilter {
    if (limit < 1) {
      throw new IllegalArgumentException("limit " + limit + ": allowed is 1 or more");
    }
  }
}

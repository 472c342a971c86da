package initrunner.audit.story;

/// How a run ended. Immutable.
///
/// @param text in a few words, as `answered`, `exit 1`, `2 of 5 calls failed`; it may be a model's
///   or a host's
public record Outcome(Kind kind, String text) {

  /// Kinds of ends.
  public enum Kind {
    /// The model answered; without a model, each call ended with exit status 0.
    SUCCEEDED,
    /// There is no answer; without a model, a call ended in any other way.
    FAILED,
    /// The run waits for a person.
    PAUSED,
    /// No end is recorded: it goes on, or its process was killed.
    UNFINISHED
  }
}

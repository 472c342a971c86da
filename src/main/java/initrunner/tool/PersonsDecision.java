package initrunner.tool;

import java.time.Instant;

/// What a person decided about a call, for the audit log. Immutable.
///
/// @param means how the person was asked: `terminal`, `approve` (the command), `form` (of another
///   agent), `editor`, `program`
public record PersonsDecision(String means, Instant at) {

  /// The command that answers a call which waits.
  public static final String APPROVE = "approve";

  /// A decision that was made just now.
  public static PersonsDecision now(String means) {
    return new PersonsDecision(means, Instant.now());
  }

  /// Whether it may be about a call that waited while the role changed.
  public boolean isOfWaitingCall() {
    return means.equals(APPROVE);
  }

  /// Who uses this machine, as the operating system says.
  public static String person() {
    return System.getProperty("user.name", "");
  }
}

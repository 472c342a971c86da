package initrunner.runtime.doctor;

import java.util.Optional;

/// One thing that was looked at.
///
/// @param subject what, in a word or two
/// @param detail what was found, in a line
/// @param isolation what class of isolation it gives, where it is a way to start commands
/// @param remedy the next step, where there is one
public record Finding(
    String subject,
    Verdict verdict,
    String detail,
    Optional<String> isolation,
    Optional<String> remedy) {

  /// How it is.
  public enum Verdict {
    OK,
    /// It works, and there is something to know.
    NOTE,
    /// It is not there, or does not work.
    MISSING
  }

  public static Finding ok(String subject, String detail) {
    return new Finding(subject, Verdict.OK, detail, Optional.empty(), Optional.empty());
  }

  static Finding note(String subject, String detail, String remedy) {
    return new Finding(subject, Verdict.NOTE, detail, Optional.empty(), Optional.of(remedy));
  }

  static Finding missing(String subject, String detail, String remedy) {
    return new Finding(subject, Verdict.MISSING, detail, Optional.empty(), Optional.of(remedy));
  }

  public Finding isolating(String kind) {
    return new Finding(subject, verdict, detail, Optional.of(kind), remedy);
  }
}

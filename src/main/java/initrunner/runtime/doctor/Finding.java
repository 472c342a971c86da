package initrunner.runtime.doctor;

import initrunner.exec.RemedyException;
import java.util.Optional;

/// The result of one examination.
///
/// @param subject in a word or two
/// @param detail in a line
/// @param isolation the class of isolation of a launcher
/// @param remedy the next step, if there is one
public record Finding(
    String subject,
    Verdict verdict,
    String detail,
    Optional<String> isolation,
    Optional<String> remedy) {

  /// The result in a word.
  public enum Verdict {
    OK,
    /// It works, but the user should know the detail.
    NOTE,
    /// It is missing, or does not work.
    MISSING
  }

  public static Finding ok(String subject, String detail) {
    return new Finding(subject, Verdict.OK, detail, Optional.empty(), Optional.empty());
  }

  static Finding note(String subject, String detail, String remedy) {
    return new Finding(subject, Verdict.NOTE, detail, Optional.empty(), Optional.of(remedy));
  }

  public static Finding missing(String subject, String detail, String remedy) {
    return new Finding(subject, Verdict.MISSING, detail, Optional.empty(), Optional.of(remedy));
  }

  static Finding missing(String subject, RemedyException failure) {
    return missing(subject, failure.getMessage(), failure.remedy());
  }

  public Finding isolating(String kind) {
    return new Finding(subject, verdict, detail, Optional.of(kind), remedy);
  }
}

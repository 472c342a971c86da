package initrunner.audit;

/// The record cannot be written or read. Whoever was about to run something must then not run it:
/// nothing runs unrecorded.
///
/// The message says what failed and where; [#remedy] is the one next step.
public final class AuditException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String remedy;

  public AuditException(String message, String remedy) {
    super(message);
    this.remedy = remedy;
  }

  public AuditException(String message, String remedy, Throwable cause) {
    super(message, cause);
    this.remedy = remedy;
  }

  /// The one next step, in words a person can act on.
  public String remedy() {
    return remedy;
  }
}

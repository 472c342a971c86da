package initrunner.audit;

import initrunner.exec.RemedyException;

/// The audit log cannot be written or read. A caller that was about to run something does not run
/// it then: no command runs unrecorded.
public sealed class AuditException extends RemedyException {

  /// A variable of the audit log has a value that it cannot have.
  public static final class VariableInvalid extends AuditException {

    private static final long serialVersionUID = 1L;

    VariableInvalid(String message, String remedy) {
      super(message, remedy);
    }
  }

  private static final long serialVersionUID = 1L;

  public AuditException(String message, String remedy) {
    super(message, remedy);
  }

  public AuditException(String message, String remedy, Throwable cause) {
    super(message, remedy);
    initCause(cause);
  }
}

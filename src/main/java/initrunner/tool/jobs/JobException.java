package initrunner.tool.jobs;

import initrunner.exec.RemedyException;

/// A host does not answer a question about its jobs.
public final class JobException extends RemedyException {

  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /// Why there is no answer.
  public enum Kind {
    REFUSED,
    /// The connection ended first; the same question may be asked again.
    LOST
  }

  public JobException(String message, String remedy) {
    this(Kind.REFUSED, message, remedy);
  }

  public JobException(Kind kind, String message, String remedy) {
    super(message, remedy);
    this.kind = kind;
  }

  /// The host answers, and its answer describes no job.
  public static JobException undescribed() {
    return new JobException(
        "the host does not say how the job is",
        "initrunner jobs list shows the jobs there, with the same role or --host.");
  }

  public Kind kind() {
    return kind;
  }
}

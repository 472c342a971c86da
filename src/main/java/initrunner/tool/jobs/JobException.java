package initrunner.tool.jobs;

import initrunner.exec.RemedyException;

/// A host refuses what is asked of its jobs.
public final class JobException extends RemedyException {

  private static final long serialVersionUID = 1L;

  public JobException(String message, String remedy) {
    super(message, remedy);
  }
}

package initrunner.transfer;

import initrunner.exec.RemedyException;

/// A transfer that could not be done, or not to its end. Files that it did not finish are as they
/// were.
public final class TransferException extends RemedyException {

  private static final long serialVersionUID = 1L;

  public TransferException(String message, String remedy) {
    super(message, remedy);
  }
}

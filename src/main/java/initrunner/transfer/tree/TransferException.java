package initrunner.transfer.tree;

import initrunner.exec.RemedyException;
import initrunner.text.FileFailure;
import java.io.IOException;

/// A transfer that could not be done, or not to its end. Files that it did not finish are as they
/// were.
public class TransferException extends RemedyException {

  private static final long serialVersionUID = 1L;

  public TransferException(String message, String remedy) {
    super(message, remedy);
  }

  /// Another exchange of the same trees is under way.
  public static final class Busy extends TransferException {

    private static final long serialVersionUID = 1L;

    public Busy(String message, String remedy) {
      super(message, remedy);
    }
  }

  /// A file of this side that cannot be written, or read.
  ///
  /// @param what was to be done, as `the files cannot be written here`
  /// @param failure an [IOException], or an unchecked one
  public static TransferException here(String what, Exception failure) {
    IOException cause =
        failure instanceof IOException own
            ? own
            : failure.getCause() instanceof IOException inner ? inner : new IOException(failure);
    return new TransferException(
        what + ": " + FileFailure.reason(cause),
        FileFailure.remedy(cause, "Files that were not finished are as they were."));
  }
}

package initrunner.door.connect;

import initrunner.door.edit.SyntaxFault;
import initrunner.exec.RemedyException;
import java.nio.file.Path;

/// A client's file that connect does not change. Nothing was written.
public final class ClientFileException extends RemedyException {

  private static final long serialVersionUID = 1L;

  ClientFileException(String message, String remedy) {
    super(message, remedy);
  }

  static ClientFileException of(Path file, SyntaxFault fault) {
    return new ClientFileException(
        file + ":" + fault.line() + ":" + fault.column() + ": " + fault.getMessage(),
        "Correct the file, or write the lines there by hand: without --write, connect prints them.");
  }
}

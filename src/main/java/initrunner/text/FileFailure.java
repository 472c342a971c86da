package initrunner.text;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Optional;

/// Explains a file system's failure to a person: the message of Java's own exceptions is often the
/// path alone. Stateless.
public final class FileFailure {

  private FileFailure() {}

  /// The file, if it is known, and its fault.
  public static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> named(denied, "permission denied");
      case NoSuchFileException missing -> named(missing, "no such file or directory");
      case NotDirectoryException other -> named(other, "not a directory");
      case FileAlreadyExistsException there -> named(there, "it exists already");
      case DirectoryNotEmptyException full -> named(full, "it is a directory that is not empty");
      case FileSystemException other ->
          named(other, Optional.ofNullable(other.getReason()).orElse("input or output failed"));
      default -> Optional.ofNullable(e.getMessage()).orElse("input or output failed");
    };
  }

  private static String named(FileSystemException e, String why) {
    return Optional.ofNullable(e.getFile()).map(file -> file + ": " + why).orElse(why);
  }

  /// The remedy.
  ///
  /// @param otherwise the step for a failure that is neither a full nor a read-only file system
  public static String remedy(IOException e, String otherwise) {
    String said = String.valueOf(e.getMessage());
    if (said.contains("No space left")) {
      return "Free some space on that file system (df -h, df -i).";
    }
    if (said.contains("quota exceeded")) {
      return "Free some of your quota on that file system (quota -s).";
    }
    if (said.contains("Read-only file system")) {
      return "That file system is mounted read-only: choose another one, or mount it writable.";
    }
    return otherwise;
  }
}

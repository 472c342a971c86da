package initrunner.role;

import java.time.Duration;
import java.util.List;

/// `- type: filesystem`.
///
/// @param rootPath the directory that holds all files the tool may see, on the machine where the
///   role's tools run
/// @param allowedExtensions with the dot; empty allows all files
/// @param readOnly whether nothing may be written
/// @param timeout of one call
/// @param maxOutputBytes of the text that goes back to the model
public record FilesystemSettings(
    String rootPath,
    List<String> allowedExtensions,
    boolean readOnly,
    Duration timeout,
    int maxOutputBytes)
    implements ToolSettings {

  /// What its functions take.
  public static final List<String> PARAMETERS =
      List.of(
          "path",
          "first_line",
          "last_line",
          "pattern",
          "name",
          "content",
          "old_text",
          "new_text",
          "replace_all");

  public FilesystemSettings {
    allowedExtensions = List.copyOf(allowedExtensions);
  }
}

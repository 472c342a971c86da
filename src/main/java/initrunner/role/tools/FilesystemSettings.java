package initrunner.role.tools;

import initrunner.schema.type.Fields;
import initrunner.schema.type.Flag;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.text.Words;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `- type: filesystem`.
public record FilesystemSettings(
    String rootPath,
    List<String> allowedExtensions,
    boolean readOnly,
    Duration timeout,
    int maxOutputBytes)
    implements ToolSettings {

  static final List<String> FUNCTIONS =
      Words.of("read_file write_file edit_file list_directory search_files");

  /// The parameters of its functions.
  public static final List<String> PARAMETERS =
      Words.of(
          """
          path first_line last_line pattern name content old_text new_text replace_all
          """);

  public static final Section<FilesystemSettings> SECTION =
      Section.of(FilesystemSettings::of).checking(RulePaths::check);

  public FilesystemSettings {
    allowedExtensions = List.copyOf(allowedExtensions);
  }

  /// One where only `read_only: false` is written.
  public static FilesystemSettings writing() {
    FilesystemSettings usual = SECTION.defaults();
    return new FilesystemSettings(
        usual.rootPath, usual.allowedExtensions, false, usual.timeout, usual.maxOutputBytes);
  }

  private static FilesystemSettings of(Fields f) {
    return new FilesystemSettings(
        f.get(
            "root_path",
            Text.notBlank().expanding(),
            ".",
            "Directory of all files that the tool may see, on the machine where tools run."),
        ToolFields.allowedExtensions(f),
        f.get("read_only", new Flag(), true, "Whether nothing may be written."),
        ToolFields.timeout(f),
        ToolFields.maxOutputBytes(f));
  }

  @Override
  public String summary() {
    return "Tool filesystem: %s%s below %s, where the tools run.%s"
        .formatted(
            readOnly ? "reads" : "reads and writes",
            allowedExtensions.isEmpty()
                ? " files"
                : " files named *" + String.join(", *", allowedExtensions),
            rootPath,
            ToolFields.summary(Optional.empty(), timeout, maxOutputBytes));
  }

  @Override
  public Optional<String> directory() {
    return Optional.of(rootPath);
  }
}

package initrunner.role.tools;

import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Fields;
import initrunner.schema.type.Flag;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Values;
import initrunner.schema.type.Whole;
import initrunner.text.Words;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `- type: transfer`.
///
/// @param localRoot a directory of this machine; empty where no file comes from it or goes to it
/// @param rootPath a directory of the host
public record TransferSettings(
    Optional<Path> localRoot,
    String rootPath,
    boolean send,
    boolean fetch,
    boolean copy,
    List<String> allowedExtensions,
    int maxFileSizeMb,
    Duration timeout)
    implements ToolSettings {

  static final List<String> FUNCTIONS = Words.of("send_file fetch_file copy_file");

  /// The parameters of its functions.
  public static final List<String> PARAMETERS = Words.of("local remote overwrite");

  private static final Field<Boolean> SEND =
      Field.of("send", new Flag(), true, "Whether files of this machine may go to the host.");

  private static final Field<Boolean> FETCH =
      Field.of("fetch", new Flag(), true, "Whether files of the host may come to this machine.");

  private static final Field<Optional<Path>> LOCAL_ROOT =
      Field.optional(
          "local_root",
          new LocalRoot(),
          "Directory of this machine that holds all files that may be sent or fetched; must exist."
              + " Without it, files are only copied between sandboxes.");

  private static final Field<Boolean> COPY =
      Field.of(
          "copy",
          new Flag(),
          true,
          "Whether files of the host may go to other sandboxes of the role that have transfer, and"
              + " those of the others may come.");

  /// Ten minutes, since a file takes longer than a command's words.
  private static final Field<Integer> TIMEOUT =
      Field.of("timeout_seconds", Whole.atLeast(1, "seconds"), 600, "Longest time of one call.");

  public static final Section<TransferSettings> SECTION =
      Section.of(TransferSettings::of)
          .checking(RulePaths::check)
          .checking(TransferSettings::checkDirections);

  public TransferSettings {
    allowedExtensions = List.copyOf(allowedExtensions);
  }

  private static TransferSettings of(Fields f) {
    Optional<Path> localRoot = f.get(LOCAL_ROOT);
    return new TransferSettings(
        localRoot,
        f.get(
            "root_path",
            Text.notBlank().expanding(),
            ".",
            "Directory of the host that holds all files that may be moved."),
        f.get(SEND) && localRoot.isPresent(),
        f.get(FETCH) && localRoot.isPresent(),
        f.get(COPY),
        ToolFields.allowedExtensions(f),
        f.get("max_file_size_mb", Whole.atLeast(1, "MiB"), 1024, "Largest file."),
        Duration.ofSeconds(f.get(TIMEOUT)));
  }

  private static void checkDirections(Values values, Decoding decoding) {
    if (!values.has(LOCAL_ROOT, Optional.empty())) {
      return;
    }
    for (Field<Boolean> direction : List.of(SEND, FETCH)) {
      values
          .written(direction)
          .filter(_ -> values.has(direction, true))
          .ifPresent(written ->
              decoding.fault(
                  written,
                  "is true, and local_root, the directory of this machine for such files, is not"
                      + " written; write it, or remove "
                      + direction.key()));
    }
  }

  @Override
  public String summary() {
    String what = send && fetch ? "sends and fetches" : send ? "sends" : "fetches";
    String files =
        allowedExtensions.isEmpty()
            ? "files"
            : "files named *" + String.join(", *", allowedExtensions);
    return "Tool transfer: %s. Each has %d s and at most %d MiB."
        .formatted(
            localRoot
                .map(root ->
                    "%s %s between %s of this machine and %s, where the tools run"
                        .formatted(what, files, root, rootPath))
                .orElseGet(() ->
                    "copies %s of %s, where the tools run, between sandboxes"
                        .formatted(files, rootPath)),
            timeout.toSeconds(),
            maxFileSizeMb);
  }

  @Override
  public Optional<String> directory() {
    return Optional.of(rootPath);
  }
}

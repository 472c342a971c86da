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
/// @param localRoot a directory of this machine
/// @param rootPath a directory of the host
public record TransferSettings(
    Path localRoot,
    String rootPath,
    boolean send,
    boolean fetch,
    List<String> allowedExtensions,
    int maxFileSizeMb,
    Duration timeout)
    implements ToolSettings {

  static final List<String> FUNCTIONS = Words.of("send_file fetch_file");

  /// The parameters of its functions.
  public static final List<String> PARAMETERS = Words.of("local remote overwrite");

  private static final Field<Boolean> SEND =
      Field.of("send", new Flag(), true, "Whether files of this machine may go to the host.");

  private static final Field<Boolean> FETCH =
      Field.of("fetch", new Flag(), true, "Whether files of the host may come to this machine.");

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
    return new TransferSettings(
        f.required(
            "local_root",
            new LocalRoot(),
            Path.of("exchange"),
            "Directory of this machine that holds all files that may be sent or fetched; must"
                + " exist."),
        f.get(
            "root_path",
            Text.notBlank().expanding(),
            ".",
            "Directory of the host that holds all files that may be sent or fetched."),
        f.get(SEND),
        f.get(FETCH),
        ToolFields.allowedExtensions(f),
        f.get("max_file_size_mb", Whole.atLeast(1, "MiB"), 1024, "Largest file."),
        Duration.ofSeconds(f.get(TIMEOUT)));
  }

  private static void checkDirections(Values values, Decoding decoding) {
    if (values.has(SEND, false) && values.has(FETCH, false)) {
      values
          .written(FETCH)
          .ifPresent(fetch ->
              decoding.fault(
                  fetch.node(),
                  fetch.path(),
                  "send and fetch are both false, so nothing may be moved; allow one, or remove"
                      + " the tool"));
    }
  }

  @Override
  public String summary() {
    String what = send && fetch ? "sends and fetches" : send ? "sends" : "fetches";
    return "Tool transfer: %s%s between %s of this machine and %s, where the tools run. Each has %d s and at most %d MiB."
        .formatted(
            what,
            allowedExtensions.isEmpty()
                ? " files"
                : " files named *" + String.join(", *", allowedExtensions),
            localRoot,
            rootPath,
            timeout.toSeconds(),
            maxFileSizeMb);
  }

  @Override
  public Optional<String> directory() {
    return Optional.of(rootPath);
  }
}

package initrunner.role.tools;

import initrunner.schema.type.Field;
import initrunner.schema.type.Fields;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Text;
import initrunner.schema.type.Whole;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The fields that several tools have.
final class ToolFields {

  /// Base names of programs.
  static final ListOf<String> PROGRAMS =
      new ListOf<>(
          Text.notBlank()
              .with(
                  "is more than the name of one program",
                  "a base name such as git",
                  "commands are compared by the base name of their first word alone",
                  name -> name.codePoints().noneMatch(c -> Character.isWhitespace(c) || c == '/')));

  private static final Pattern EXTENSION = Pattern.compile("\\.[A-Za-z0-9_+~.-]*[A-Za-z0-9_+~-]");

  static final Field<Integer> TIMEOUT =
      Field.of("timeout_seconds", Whole.atLeast(1, "seconds"), 30, "Longest time of one call.");

  private ToolFields() {}

  static List<String> allowedCommands(Fields f, String description) {
    return f.get("allowed_commands", PROGRAMS, List.of(), description);
  }

  static Optional<String> workingDir(Fields f) {
    return f.optional(
        "working_dir",
        Text.notBlank().expanding(),
        "Where commands start, on the machine where they run.");
  }

  static List<String> allowedExtensions(Fields f) {
    return f.get(
        "allowed_extensions",
        new ListOf<>(
            Text.any()
                .matching(
                    EXTENSION,
                    "is no extension",
                    "a dot and letters, digits or one of _ + ~ -",
                    "write for example .md")),
        List.of(),
        "How the names of files must end, with the dot; empty for all files.");
  }

  static Duration timeout(Fields f) {
    return Duration.ofSeconds(f.get(TIMEOUT));
  }

  static int maxOutputBytes(Fields f) {
    return f.get(
        "max_output_bytes",
        Whole.atLeast(1, "bytes"),
        102_400,
        "Most bytes of output that the model sees.");
  }

  /// The end of a summary: what holds for each call.
  static String summary(Optional<String> workingDir, Duration timeout, int maxOutputBytes) {
    return workingDir.map(directory -> " Starts in " + directory + ".").orElse("")
        + " Each has "
        + timeout.toSeconds()
        + " s; the model sees "
        + maxOutputBytes
        + " bytes of its output.";
  }
}

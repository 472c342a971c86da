package initrunner.tool.files;

import initrunner.text.PackagedText;
import initrunner.tool.CallBounds;
import initrunner.tool.OutcomeText;
import initrunner.tool.Plan;
import initrunner.tool.ShellInput;
import initrunner.tool.Tool;
import initrunner.tool.policy.PathForms;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// One operation on the files below one directory of the sandbox, by a script for POSIX `sh`: the
/// host needs nothing of InitRunner's. No path and no symbolic link leads out of the directory. A
/// write replaces a file in one step or not at all.
public final class FileTool implements Tool {

  private static final String PATH = "path";
  private static final String FIRST_LINE = "first_line";
  private static final String LAST_LINE = "last_line";
  private static final String CONTENT = "content";
  private static final String OLD_TEXT = "old_text";
  private static final String NEW_TEXT = "new_text";
  private static final String REPLACE_ALL = "replace_all";
  private static final String NAME = "name";
  private static final String PATTERN = "pattern";

  /// Bounds the memory of `awk`.
  private static final int MAX_EDITED_BYTES = 4 * 1024 * 1024;

  /// Room for the script's first line and complaints beside the output for the model.
  private static final int MARGIN_BYTES = 8192;

  /// The line of a minified file must leave room for the other lines found.
  private static final int MAX_FOUND_LINE_BYTES = 1000;

  private static final int LAST_LINE_OF_ALL = 2_000_000_000;

  /// The functions that a role can give the model.
  public enum Function {
    READ,
    LIST,
    SEARCH,
    WRITE,
    EDIT;

    /// The functions that change nothing.
    public static final List<Function> READING = List.of(READ, LIST, SEARCH);
  }

  private final Function function;
  private final List<String> extensions;
  private final UnsearchedFiles unsearched;
  private final CallBounds bounds;

  /// @param extensions with the dot: only such files may be read, searched or written; empty for
  ///   all
  /// @param denied globs of paths: no search reads these files
  /// @param bounds their directory is the one that holds all files
  public FileTool(
      Function function, List<String> extensions, List<String> denied, CallBounds bounds) {
    this.function = function;
    this.extensions = List.copyOf(extensions);
    this.unsearched = new UnsearchedFiles(denied);
    this.bounds = bounds;
  }

  @Override
  public String name() {
    return switch (function) {
      case READ -> "read_file";
      case LIST -> "list_directory";
      case SEARCH -> "search_files";
      case WRITE -> "write_file";
      case EDIT -> "edit_file";
    };
  }

  @Override
  public boolean isReadOnly() {
    return Function.READING.contains(function);
  }

  @Override
  public String type() {
    return "filesystem";
  }

  @Override
  public String description() {
    String only =
        extensions.isEmpty() ? "" : " Only files named *" + String.join(", *", extensions) + ".";
    return switch (function) {
      case READ -> "Reads a text file, or some of its lines." + only;
      case LIST -> "Lists a directory. Names of directories end with a slash.";
      case SEARCH ->
          "Finds files by their names, or lines in files by a pattern, in a directory and below."
              + " Directories named .git are skipped."
              + only;
      case WRITE -> "Writes a text file: a new one, or in place of the one that is there." + only;
      case EDIT -> "Replaces a text in a file. The text must occur in it exactly once." + only;
    };
  }

  @Override
  public List<Parameter> parameters() {
    return switch (function) {
      case READ ->
          List.of(
              Parameter.required(PATH, "The file"),
              Parameter.number(FIRST_LINE, "From this line, 1 or more"),
              Parameter.number(LAST_LINE, "Up to this line"));
      case LIST -> List.of(Parameter.optional(PATH, "The directory; the root if left out"));
      case SEARCH ->
          List.of(
              Parameter.optional(
                  PATTERN, "What lines must match, a POSIX extended regular expression"),
              Parameter.optional(
                  NAME, "What names of files must match, as *.java or src/**/*.{c,h}"),
              Parameter.optional(PATH, "The directory; the root if left out"));
      case WRITE ->
          List.of(
              Parameter.required(PATH, "The file"),
              Parameter.required(CONTENT, "All of its content"));
      case EDIT ->
          List.of(
              Parameter.required(PATH, "The file"),
              Parameter.required(OLD_TEXT, "The text to replace, exactly as it stands in the file"),
              Parameter.required(NEW_TEXT, "What stands there afterwards"),
              Parameter.flag(REPLACE_ALL, "true: every occurrence, however many"));
    };
  }

  @Override
  public List<Map<String, Object>> otherWaysOfWriting(Map<String, Object> arguments) {
    Map<String, Object> whole = PathForms.with(arguments, PATH, path(arguments));
    return PathForms.of(whole, PATH, bounds.wholeDirectory());
  }

  @Override
  public List<Map<String, Object>> plainWaysOfWriting(Map<String, Object> arguments) {
    return PathForms.plain(arguments, PATH);
  }

  @Override
  public int mostCharacters(String parameter) {
    return switch (parameter) {
      case PATH, NAME, PATTERN -> PathForms.MOST_CHARACTERS;
      default -> Tool.super.mostCharacters(parameter);
    };
  }

  @Override
  public Plan plan(Map<String, Object> arguments) {
    return objection(arguments)
        .<Plan>map(reason -> new Plan.Refused("", "Error: " + reason + "."))
        .orElseGet(() ->
            switch (function) {
              case READ -> read(arguments);
              case LIST -> list(arguments);
              case SEARCH -> search(arguments);
              case WRITE -> write(arguments);
              case EDIT -> edit(arguments);
            });
  }

  private Optional<String> objection(Map<String, Object> arguments) {
    String path = text(arguments, PATH, ".");
    if (path.isEmpty()) {
      return Optional.of("'path' is empty");
    }
    for (String name : List.of(PATH, NAME, PATTERN, OLD_TEXT, NEW_TEXT)) {
      if (text(arguments, name, "").indexOf('\0') >= 0) {
        return Optional.of("'" + name + "' holds a NUL character");
      }
    }
    if (leadsUp(path)) {
      return Optional.of("'" + path + "' leads outside of the root directory");
    }
    return switch (function) {
      case READ -> lineObjection(arguments);
      case LIST -> Optional.empty();
      case SEARCH -> searchObjection(arguments);
      case WRITE ->
          path.endsWith("/") ? Optional.of("'" + path + "' is a directory") : Optional.empty();
      case EDIT ->
          text(arguments, OLD_TEXT, "").isEmpty()
              ? Optional.of("'old_text' is empty; write_file writes a whole file")
              : Optional.empty();
    };
  }

  private static Optional<String> searchObjection(Map<String, Object> arguments) {
    String name = text(arguments, NAME, "");
    if (name.isEmpty() && text(arguments, PATTERN, "").isEmpty()) {
      return Optional.of("search_files needs 'pattern' or 'name'");
    }
    return NamePattern.of(name).isPresent()
        ? Optional.empty()
        : Optional.of("the braces of 'name' stand for too many patterns: search in several calls");
  }

  private static Optional<String> lineObjection(Map<String, Object> arguments) {
    int first = number(arguments, FIRST_LINE, 1);
    int last = number(arguments, LAST_LINE, LAST_LINE_OF_ALL);
    return first < 1 || last < first
        ? Optional.of("'first_line' must be 1 or more, and 'last_line' not be before it")
        : Optional.empty();
  }

  /// Whether the path leads out of its start at a first look, without the file system.
  private static boolean leadsUp(String path) {
    int depth = 0;
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        depth--;
      } else if (!part.isEmpty() && !part.equals(".")) {
        depth++;
      }
      if (depth < 0) {
        return true;
      }
    }
    return path.startsWith("/") && List.of(path.split("/", -1)).contains("..");
  }

  private Plan read(Map<String, Object> arguments) {
    boolean inPart = arguments.containsKey(FIRST_LINE) || arguments.containsKey(LAST_LINE);
    int first = inPart ? number(arguments, FIRST_LINE, 1) : 0;
    int last = number(arguments, LAST_LINE, LAST_LINE_OF_ALL);
    return run(
        input("read_file.sh", arguments, known(), most(), "" + first, "" + last),
        new FileAnswer.Read(path(arguments), first, bounds.maxOutputBytes()));
  }

  private Plan list(Map<String, Object> arguments) {
    return run(
        input("list_directory.sh", arguments, most()),
        new FileAnswer.Listing(bounds.maxOutputBytes()));
  }

  private Plan search(Map<String, Object> arguments) {
    String name = text(arguments, NAME, "");
    String pattern = text(arguments, PATTERN, "");
    NamePattern names = name.isEmpty() ? NamePattern.any() : NamePattern.of(name).orElseThrow();
    List<String> leftOut =
        unsearched.expression(PathForms.all(path(arguments), bounds.wholeDirectory()));
    List<String> words =
        new ArrayList<>(
            List.of(
                known(),
                most(),
                pattern.isEmpty() ? "names" : "lines",
                pattern,
                "" + MAX_FOUND_LINE_BYTES,
                leftOut.isEmpty() ? "none" : "some"));
    words.addAll(leftOut);
    words.addAll(names.expression());
    return run(
        input("search_files.sh", arguments, words.toArray(String[]::new)),
        new SearchAnswer(path(arguments), names, bounds.maxOutputBytes()));
  }

  private Plan write(Map<String, Object> arguments) {
    byte[] content = text(arguments, CONTENT, "").getBytes(StandardCharsets.UTF_8);
    return run(
        input("write_file.sh", arguments, known(), "" + content.length).content(content),
        new FileAnswer.Written(path(arguments), content.length));
  }

  private Plan edit(Map<String, Object> arguments) {
    String from = text(arguments, OLD_TEXT, "");
    String to = text(arguments, NEW_TEXT, "");
    boolean all = arguments.get(REPLACE_ALL) instanceof Boolean flag && flag;
    return run(
        input(
                "edit_file.sh",
                arguments,
                known(),
                "" + MAX_EDITED_BYTES,
                "" + from.getBytes(StandardCharsets.UTF_8).length,
                "" + to.getBytes(StandardCharsets.UTF_8).length,
                all ? "all" : "one",
                PackagedText.read(FileTool.class, "edit_file.awk"))
            .content(from + to),
        new FileAnswer.Edited(path(arguments)));
  }

  private ShellInput input(String script, Map<String, Object> arguments, String... more) {
    List<String> words = new ArrayList<>(List.of(path(arguments)));
    words.addAll(List.of(more));
    return new ShellInput(
            PackagedText.read(FileTool.class, "resolve.sh")
                + PackagedText.read(FileTool.class, script))
        .arguments(words);
  }

  private Plan run(ShellInput input, OutcomeText answer) {
    return new Plan.Run(
        input.command(bounds.workingDirectory()),
        bounds.limits(),
        bounds.maxOutputBytes() + MARGIN_BYTES,
        answer);
  }

  private String known() {
    return extensions.stream().map(extension -> " " + extension).collect(Collectors.joining());
  }

  private String most() {
    return Integer.toString(bounds.maxOutputBytes());
  }

  private static String path(Map<String, Object> arguments) {
    return text(arguments, PATH, ".");
  }

  private static String text(Map<String, Object> arguments, String name, String otherwise) {
    return arguments.get(name) instanceof String text ? text : otherwise;
  }

  private static int number(Map<String, Object> arguments, String name, int otherwise) {
    return arguments.get(name) instanceof Number number
        ? (int) Math.clamp(number.doubleValue(), -1, LAST_LINE_OF_ALL)
        : otherwise;
  }
}

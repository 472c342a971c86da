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
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One operation on files for a program that reads and writes them as bytes, with the rules and the
/// confinement of [FileTool]. Its scripts print what they found for a program, not for a model.
/// Immutable.
public final class HostFileTool implements Tool {

  public static final String PATH = "path";
  public static final String SOURCE = "source";
  public static final String CONTENT = "content";
  public static final String CONTENT_BASE64 = "content_base64";
  public static final String FOLLOW_LINKS = "follow_links";
  public static final String RECURSIVE = "recursive";
  public static final String IGNORE_MISSING = "ignore_missing";
  public static final String FIRST_BYTE = "first_byte";
  public static final String BYTES = "bytes";
  public static final String DEPTH = "depth";
  public static final String SKIP_HIDDEN = "skip_hidden";

  /// The exit status of a script that finds nothing there.
  public static final int MISSING = 66;

  /// The most bytes of a file that is read or written in one call.
  public static final int MOST_BYTES = 16 * 1024 * 1024;

  /// The most bytes that a list of names may have; a walk is cut there.
  public static final int MOST_LISTED_BYTES = 4 * 1024 * 1024;

  private static final int MOST_LEVELS = 64;

  private static final int MARGIN_BYTES = 8192;

  /// The operations.
  public enum Function {
    READ("read_file", "host_read.sh"),
    LIST("list_directory", "host_list.sh"),
    WALK("walk_directory", "host_walk.sh"),
    METADATA("file_metadata", "host_metadata.sh"),
    RESOLVE("resolve_path", "host_resolve.sh"),
    WRITE("write_file", "write_file.sh"),
    MAKE_DIRECTORY("make_directory", "host_make_directory.sh"),
    REMOVE("remove_file", "host_remove.sh"),
    /// The same, but no directory with what is in it: a rule about what is below may deny that.
    REMOVE_SINGLE("remove_file", "host_remove.sh"),
    COPY("copy_file", "host_copy.sh");

    /// The functions that change nothing.
    public static final List<Function> READING = List.of(READ, LIST, WALK, METADATA, RESOLVE);

    /// All of them.
    ///
    /// @param removesTrees whether a directory may be removed with all in it
    public static List<Function> all(boolean removesTrees) {
      Function other = removesTrees ? REMOVE_SINGLE : REMOVE;
      return Stream.of(values()).filter(each -> each != other).toList();
    }

    private final String tool;
    private final String script;

    Function(String tool, String script) {
      this.tool = tool;
      this.script = script;
    }

    /// The name of the tool.
    public String tool() {
      return tool;
    }
  }

  private final Function function;
  private final List<String> extensions;
  private final CallBounds bounds;
  private final List<String> roots;

  /// @param extensions with the dot: only such files may be read or written; empty for all
  /// @param bounds their directory is the one that holds all files
  /// @param roots all names of that directory, absolute paths of the host; empty if some are not
  ///   known, so that only the host can tell which paths are outside
  public HostFileTool(
      Function function, List<String> extensions, CallBounds bounds, List<String> roots) {
    this.function = function;
    this.extensions = List.copyOf(extensions);
    this.bounds = bounds;
    this.roots = List.copyOf(roots);
  }

  @Override
  public String name() {
    return function.tool();
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
    return "Reads or changes files as bytes.";
  }

  @Override
  public List<Parameter> parameters() {
    Parameter path = Parameter.required(PATH, "The file or directory");
    Parameter follow =
        Parameter.flag(FOLLOW_LINKS, "false: a symbolic link at its end is not followed");
    Parameter recursive =
        Parameter.flag(RECURSIVE, "true: directories above it are made, or all in it is removed");
    return switch (function) {
      case READ ->
          List.of(
              path,
              follow,
              Parameter.number(FIRST_BYTE, "From this byte, 0 or more"),
              Parameter.number(BYTES, "How many bytes at most"));
      case LIST, RESOLVE -> List.of(path);
      case WALK ->
          List.of(
              path,
              Parameter.number(DEPTH, "How many levels of directories below it are looked into"),
              Parameter.flag(
                  SKIP_HIDDEN,
                  "true: directories whose names begin with a dot are not looked into"));
      case METADATA -> List.of(path, follow);
      case WRITE ->
          List.of(
              path,
              follow,
              Parameter.optional(CONTENT, "Its content"),
              Parameter.optional(CONTENT_BASE64, "Its content where that is no text"));
      case MAKE_DIRECTORY -> List.of(path, recursive);
      case REMOVE, REMOVE_SINGLE ->
          List.of(path, recursive, Parameter.flag(IGNORE_MISSING, "true: it may be missing"));
      case COPY -> List.of(path, Parameter.required(SOURCE, "The file to copy"));
    };
  }

  @Override
  public int mostCharacters(String parameter) {
    return switch (parameter) {
      case PATH, SOURCE -> PathForms.MOST_CHARACTERS;
      case CONTENT, CONTENT_BASE64 -> (MOST_BYTES / 3 + 1) * 4;
      default -> Tool.super.mostCharacters(parameter);
    };
  }

  /// A rule about `path` holds for the file that is copied, too.
  @Override
  public List<Map<String, Object>> otherWaysOfWriting(Map<String, Object> arguments) {
    Stream<Map<String, Object>> ofPath =
        PathForms.of(arguments, PATH, bounds.wholeDirectory()).stream();
    Stream<Map<String, Object>> ofSource =
        text(arguments, SOURCE).stream()
            .map(source -> PathForms.with(arguments, PATH, source))
            .flatMap(other -> PathForms.of(other, PATH, bounds.wholeDirectory()).stream());
    return Stream.concat(ofPath, ofSource).toList();
  }

  @Override
  public List<Map<String, Object>> plainWaysOfWriting(Map<String, Object> arguments) {
    Stream<Map<String, Object>> ofSource =
        text(arguments, SOURCE).stream()
            .map(source -> PathForms.with(arguments, PATH, PathForms.plain(source)));
    return Stream.concat(PathForms.plain(arguments, PATH).stream(), ofSource).toList();
  }

  @Override
  public Plan plan(Map<String, Object> arguments) {
    return Stream.of(PATH, SOURCE)
        .flatMap(name -> text(arguments, name).stream())
        .flatMap(path -> objection(path).stream())
        .findFirst()
        .<Plan>map(reason -> new Plan.Refused("", "Error: " + reason + "."))
        .orElseGet(() -> planned(arguments));
  }

  private Optional<String> objection(String path) {
    if (path.isEmpty()) {
      return Optional.of("the path is empty");
    }
    if (path.indexOf('\0') >= 0) {
      return Optional.of("the path holds a NUL character");
    }
    boolean isOutside =
        path.startsWith("/")
            && !roots.isEmpty()
            && roots.stream().noneMatch(root -> PathForms.isBelow(path, root));
    return isOutside
        ? Optional.of("'" + path + "' is outside of the root directory")
        : Optional.empty();
  }

  private Plan planned(Map<String, Object> arguments) {
    return switch (function) {
      case READ -> read(arguments);
      case LIST -> run(input(arguments, "" + MOST_LISTED_BYTES), MOST_LISTED_BYTES);
      case WALK -> walk(arguments);
      case METADATA -> run(input(arguments, follow(arguments)), 0);
      case RESOLVE -> run(input(arguments), 0);
      case WRITE -> write(arguments);
      case MAKE_DIRECTORY -> run(input(arguments, flag(arguments, RECURSIVE, true)), 0);
      case REMOVE, REMOVE_SINGLE ->
          run(
              input(
                  arguments,
                  flag(arguments, RECURSIVE, true),
                  flag(arguments, IGNORE_MISSING, true),
                  known(),
                  function == Function.REMOVE ? "yes" : "no"),
              0);
      case COPY -> {
        String target = text(arguments, PATH).orElse("");
        yield run(
            input(
                PathForms.with(arguments, PATH, text(arguments, SOURCE).orElse("")),
                known(),
                target),
            0);
      }
    };
  }

  private Plan read(Map<String, Object> arguments) {
    boolean isWhole = !arguments.containsKey(FIRST_BYTE);
    int most = isWhole ? MOST_BYTES : Math.clamp(number(arguments, BYTES), 0, MOST_BYTES);
    String first = isWhole ? "all" : "" + number(arguments, FIRST_BYTE);
    return run(input(arguments, follow(arguments), known(), "" + most, first), most);
  }

  private Plan walk(Map<String, Object> arguments) {
    String tooDeep = "./" + "*/".repeat(Math.clamp(number(arguments, DEPTH), 0, MOST_LEVELS)) + "*";
    return run(
        input(arguments, "" + MOST_LISTED_BYTES, tooDeep, flag(arguments, SKIP_HIDDEN, false)),
        MOST_LISTED_BYTES);
  }

  private Plan write(Map<String, Object> arguments) {
    byte[] content;
    try {
      content =
          text(arguments, CONTENT_BASE64)
              .map(Base64.getDecoder()::decode)
              .orElseGet(
                  () -> text(arguments, CONTENT).orElse("").getBytes(StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return new Plan.Refused("", "Error: 'content_base64' is not base64.");
    }
    String before = "follow=" + follow(arguments) + "\n";
    return run(input(before, arguments, known(), "" + content.length).content(content), 0);
  }

  private ShellInput input(Map<String, Object> arguments, String... more) {
    return input("", arguments, more);
  }

  private ShellInput input(String before, Map<String, Object> arguments, String... more) {
    List<String> words = new ArrayList<>(List.of(text(arguments, PATH).orElse(".")));
    words.addAll(List.of(more));
    return new ShellInput(
            PackagedText.read(HostFileTool.class, "resolve.sh")
                + before
                + PackagedText.read(HostFileTool.class, function.script))
        .arguments(words);
  }

  private Plan run(ShellInput input, int outputBytes) {
    return new Plan.Run(
        input.command(bounds.workingDirectory()),
        bounds.limits(),
        outputBytes + MARGIN_BYTES,
        OutcomeText.PLAIN);
  }

  private String known() {
    return extensions.stream().map(extension -> " " + extension).collect(Collectors.joining());
  }

  private static String follow(Map<String, Object> arguments) {
    return flag(arguments, FOLLOW_LINKS, true);
  }

  private static String flag(Map<String, Object> arguments, String name, boolean otherwise) {
    boolean flag = arguments.get(name) instanceof Boolean given ? given : otherwise;
    return flag ? "yes" : "no";
  }

  private static Optional<String> text(Map<String, Object> arguments, String name) {
    return arguments.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  private static long number(Map<String, Object> arguments, String name) {
    return arguments.get(name) instanceof Number number ? Math.max(0, number.longValue()) : 0;
  }
}

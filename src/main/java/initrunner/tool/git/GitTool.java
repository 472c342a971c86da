package initrunner.tool.git;

import initrunner.exec.Command;
import initrunner.exec.Stdin;
import initrunner.text.PackagedText;
import initrunner.tool.CallBounds;
import initrunner.tool.Plan;
import initrunner.tool.Tool;
import initrunner.tool.files.UnsearchedFiles;
import initrunner.tool.policy.PathForms;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// One git command on one work tree. A reading command takes no lock, needs no input, and starts no
/// program that a configuration or an attribute names. A revision is never read as an option, and a
/// path is taken literally; in a revision too it is relative to the tool's directory.
public final class GitTool implements Tool {

  private static final String REVISION = "revision";
  private static final String PATH = "path";
  private static final String STAGED = "staged";
  private static final String COUNT = "count";
  private static final String MESSAGE = "message";
  private static final int DEFAULT_COUNT = 10;

  private static final Pattern REPETITION = Pattern.compile("\\{[0-9,]");

  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "GIT_OPTIONAL_LOCKS", "0",
          "GIT_TERMINAL_PROMPT", "0",
          "GIT_NO_LAZY_FETCH", "1",
          "GIT_EDITOR", "true");

  private static final String SCRIPT = PackagedText.read(GitTool.class, "git.sh");

  /// If the repository is gone, git compares two files, and refuses that with `--no-notes`; a diff
  /// ignores the option.
  private static final List<String> DIFF_OPTIONS =
      List.of("--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty", "--no-notes");

  /// The functions that a role can give the model.
  public enum Function {
    STATUS,
    DIFF,
    LOG,
    SHOW,
    BLAME,
    CHANGED_FILES,
    LIST_FILES,
    ADD,
    COMMIT;

    /// The functions that change nothing.
    public static final List<Function> READING =
        List.of(STATUS, DIFF, LOG, SHOW, BLAME, CHANGED_FILES, LIST_FILES);
  }

  private final Function function;
  private final UnsearchedFiles unshown;
  private final CallBounds bounds;

  /// @param denied globs of paths: no command shows or adds these files
  /// @param bounds their directory is one of the work tree
  public GitTool(Function function, List<String> denied, CallBounds bounds) {
    this.function = function;
    this.unshown = new UnsearchedFiles(denied);
    this.bounds = bounds;
  }

  @Override
  public String name() {
    return "git_" + function.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public boolean isReadOnly() {
    return Function.READING.contains(function);
  }

  @Override
  public String type() {
    return "git";
  }

  @Override
  public String description() {
    return switch (function) {
      case STATUS -> "Shows the branch of the git work tree, and which files differ.";
      case DIFF ->
          "Shows what differs between the git work tree and the index, or the index and the last"
              + " commit, or revisions.";
      case LOG -> "Shows the latest commits of the git repository.";
      case SHOW -> "Shows one commit of the git repository with its changes, or a file of it.";
      case BLAME -> "Shows which commit and author each line of a file is of.";
      case CHANGED_FILES ->
          "Lists the files that differ between the git work tree and a revision, or in a range.";
      case LIST_FILES -> "Lists the files that git tracks.";
      case ADD -> "Adds a file or a directory of the git work tree to the index.";
      case COMMIT -> "Commits what is in the index of the git work tree.";
    };
  }

  @Override
  public List<Parameter> parameters() {
    return switch (function) {
      case STATUS -> List.of();
      case DIFF ->
          List.of(
              Parameter.optional(
                  REVISION, "A commit or a range to compare, as HEAD~1 or main..feature"),
              Parameter.flag(STAGED, "true: the index against the last commit"),
              Parameter.optional(PATH, "Only this file or directory"));
      case LOG ->
          List.of(
              Parameter.number(COUNT, "How many; " + DEFAULT_COUNT + " if left out"),
              Parameter.optional(
                  REVISION, "Where to begin, or a range; the current branch if left out"),
              Parameter.optional(PATH, "Only commits that touch this file or directory"));
      case SHOW ->
          List.of(
              Parameter.optional(
                  REVISION,
                  "A commit, or COMMIT:FILE for a file of it, FILE as a path; HEAD if left out"),
              Parameter.optional(PATH, "Only this file or directory"));
      case BLAME ->
          List.of(
              Parameter.required(PATH, "The file"),
              Parameter.optional(REVISION, "As of this commit; the work tree if left out"));
      case CHANGED_FILES ->
          List.of(
              Parameter.optional(REVISION, "A commit or a range to compare; HEAD~1 if left out"),
              Parameter.optional(PATH, "Only this file or directory"));
      case LIST_FILES -> List.of(Parameter.optional(PATH, "Only this file or directory"));
      case ADD -> List.of(Parameter.required(PATH, "The file or directory"));
      case COMMIT -> List.of(Parameter.required(MESSAGE, "The whole message"));
    };
  }

  /// The names of the Python InitRunner.
  @Override
  public Map<String, String> otherNames() {
    return Map.of("ref", REVISION, "max_count", COUNT);
  }

  @Override
  public List<Map<String, Object>> otherWaysOfWriting(Map<String, Object> arguments) {
    List<Map<String, Object>> forms =
        new ArrayList<>(PathForms.of(arguments, PATH, bounds.wholeDirectory()));
    fileOfRevision(arguments)
        .ifPresent(named -> {
          forms.add(PathForms.with(arguments, PATH, named.file()));
          PathForms.all(named.file(), bounds.wholeDirectory())
              .forEach(form -> forms.add(PathForms.with(arguments, PATH, form)));
        });
    return forms;
  }

  @Override
  public List<Map<String, Object>> plainWaysOfWriting(Map<String, Object> arguments) {
    List<Map<String, Object>> forms = new ArrayList<>(PathForms.plain(arguments, PATH));
    fileOfRevision(arguments)
        .ifPresent(named -> {
          String plain = PathForms.plain(named.file());
          Map<String, Object> other = PathForms.with(arguments, PATH, plain);
          forms.add(PathForms.with(other, REVISION, named.before() + plain));
        });
    return forms;
  }

  private boolean isReading() {
    return Function.READING.contains(function);
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(ENVIRONMENT);
    if (isReading()) {
      // A git without GIT_NO_LAZY_FETCH would fetch missing objects of a partial clone, with a
      // program that the clone names.
      environment.put("GIT_ALLOW_PROTOCOL", "none");
    }
    return environment;
  }

  private static Optional<FileOfRevision> fileOfRevision(Map<String, Object> arguments) {
    return given(arguments, REVISION).flatMap(FileOfRevision::of);
  }

  @Override
  public int mostCharacters(String parameter) {
    return switch (parameter) {
      case PATH, REVISION -> PathForms.MOST_CHARACTERS;
      default -> Tool.super.mostCharacters(parameter);
    };
  }

  @Override
  public Plan plan(Map<String, Object> arguments) {
    return objection(arguments)
        .<Plan>map(reason -> new Plan.Refused("git", "Error: " + reason + "."))
        .orElseGet(() -> run(arguments));
  }

  private Plan run(Map<String, Object> arguments) {
    List<String> leftOut = leftOut(arguments);
    Command command =
        new Command(
            argv(arguments, leftOut), environment(), bounds.workingDirectory(), stdin(arguments));
    GitAnswer answer =
        switch (function) {
          case STATUS -> new GitAnswer.Status();
          case CHANGED_FILES -> new GitAnswer.Changed();
          case LIST_FILES -> new GitAnswer.Files();
          case DIFF, SHOW, LOG, BLAME, ADD, COMMIT -> new GitAnswer.AsPrinted();
        };
    return bounds.run(command, leftOut.isEmpty() ? answer : new GitAnswer.InPart(answer));
  }

  /// Pathspecs for denied files below the tool's directory and below the path argument, which may
  /// be a directory that no rule denies itself.
  private List<String> leftOut(Map<String, Object> arguments) {
    String path = given(arguments, PATH).orElse(".");
    return switch (function) {
      case DIFF, CHANGED_FILES, LIST_FILES, ADD -> leftOutBelow(path);
      case SHOW -> fileOfRevision(arguments).isPresent() ? List.of() : leftOutBelow(path);
      case STATUS, LOG, BLAME, COMMIT -> List.of();
    };
  }

  private List<String> leftOutBelow(String path) {
    return Stream.of(".", path)
        .flatMap(
            each -> unshown.pathspecs(each, PathForms.all(each, bounds.wholeDirectory())).stream())
        .distinct()
        .toList();
  }

  private Optional<String> objection(Map<String, Object> arguments) {
    for (String name : List.of(REVISION, PATH)) {
      String value = given(arguments, name).orElse("x");
      if (value.isBlank() || value.indexOf('\0') >= 0) {
        return Optional.of("'" + name + "' is blank or holds a NUL character");
      }
    }
    if (given(arguments, REVISION).filter(revision -> revision.startsWith("-")).isPresent()) {
      return Optional.of(
          "'" + REVISION + "' begins with '-': options are not taken. Name a commit");
    }
    if (given(arguments, REVISION).filter(GitTool::isRepeating).isPresent()) {
      return Optional.of(
          "'"
              + REVISION
              + "' looks for a message with a repetition in braces, which may take all memory."
              + " Name the commit, or write * or +");
    }
    if (arguments.get(COUNT) instanceof Number count && count.doubleValue() < 1) {
      return Optional.of("'" + COUNT + "' must be 1 or more");
    }
    if (given(arguments, MESSAGE).filter(String::isBlank).isPresent()) {
      return Optional.of("'" + MESSAGE + "' is blank");
    }
    return fileOfRevision(arguments)
        .flatMap(file -> fileObjection(file, arguments))
        .map(reason -> "'" + REVISION + "' " + reason);
  }

  /// Whether git may compile a nested repetition such as `{99}` within `{99}`.
  private static boolean isRepeating(String revision) {
    return (revision.startsWith(":/") || revision.contains("^{/"))
        && REPETITION.matcher(revision).find();
  }

  private Optional<String> fileObjection(FileOfRevision named, Map<String, Object> arguments) {
    if (function != Function.SHOW) {
      return Optional.of(
          "names a file or a directory. Give the commits alone, and the file as 'path'");
    }
    return arguments.containsKey(PATH)
        ? Optional.of("names a file, so it takes no 'path' beside it")
        : named.objection();
  }

  private static Optional<String> given(Map<String, Object> arguments, String name) {
    return Optional.ofNullable(arguments.get(name)).map(Object::toString);
  }

  private List<String> argv(Map<String, Object> arguments, List<String> leftOut) {
    boolean isFile = fileOfRevision(arguments).isPresent();
    String commits = isFile ? "" : given(arguments, REVISION).orElse("");
    List<String> argv =
        new ArrayList<>(
            List.of("sh", "-c", SCRIPT, "sh", isReading() ? "reads" : "writes", commits));
    argv.addAll(words(arguments));
    if (function == Function.COMMIT || function == Function.STATUS) {
      return argv;
    }
    argv.add("--");
    Optional<String> path =
        given(arguments, PATH).or(() -> leftOut.isEmpty() ? Optional.empty() : Optional.of("."));
    path.map(named -> function == Function.BLAME ? named : ":(literal)" + named)
        .ifPresent(argv::add);
    argv.addAll(leftOut);
    return argv;
  }

  private List<String> words(Map<String, Object> arguments) {
    return switch (function) {
      case STATUS -> List.of("status", "--short", "--branch", "--ignore-submodules=dirty");
      case DIFF ->
          arguments.get(STAGED) instanceof Boolean staged && staged
              ? joined(List.of("diff"), DIFF_OPTIONS, List.of("--cached"), revision(arguments))
              : joined(List.of("diff"), DIFF_OPTIONS, revision(arguments));
      // The repository's own format may ask for signatures, which starts gpg.
      case LOG ->
          joined(
              List.of("log"),
              DIFF_OPTIONS,
              List.of("--format=medium", "--max-count=" + count(arguments)),
              revision(arguments));
      case SHOW ->
          joined(List.of("show"), DIFF_OPTIONS, List.of("--format=medium"), revision(arguments));
      case BLAME -> joined(List.of("blame", "--no-textconv"), revision(arguments));
      case CHANGED_FILES ->
          joined(
              List.of("diff"),
              DIFF_OPTIONS,
              List.of("--name-status", "-z", "--relative"),
              List.of(given(arguments, REVISION).orElse("HEAD~1")));
      case LIST_FILES -> List.of("ls-files", "-z");
      case ADD -> List.of("add");
      case COMMIT -> List.of("commit", "--cleanup=verbatim", "--file=-");
    };
  }

  @SafeVarargs
  private static List<String> joined(List<String>... parts) {
    List<String> all = new ArrayList<>();
    for (List<String> part : parts) {
      all.addAll(part);
    }
    return all;
  }

  private static long count(Map<String, Object> arguments) {
    return arguments.get(COUNT) instanceof Number number
        ? (long) Math.clamp(number.doubleValue(), 1, Integer.MAX_VALUE)
        : DEFAULT_COUNT;
  }

  private static List<String> revision(Map<String, Object> arguments) {
    return given(arguments, REVISION)
        .map(revision ->
            FileOfRevision.of(revision).map(FileOfRevision::fromDirectory).orElse(revision))
        .map(List::of)
        .orElse(List.of());
  }

  private Stdin stdin(Map<String, Object> arguments) {
    return function == Function.COMMIT
        ? Stdin.text(given(arguments, MESSAGE).orElse(""))
        : Stdin.nothing();
  }
}

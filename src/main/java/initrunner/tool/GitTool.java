package initrunner.tool;

import initrunner.exec.Command;
import initrunner.exec.Stdin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One command of git on one work tree. What reads takes no lock, starts no pager, no external
/// diff, no hook and no file system monitor, and asks nobody; a revision never reads as an option,
/// and a path is taken literally, in a revision as well from the tool's directory.
public final class GitTool implements Tool {

  private static final String REVISION = "revision";
  private static final String PATH = "path";
  private static final String STAGED = "staged";
  private static final String COUNT = "count";
  private static final String MESSAGE = "message";
  private static final int DEFAULT_COUNT = 10;

  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "GIT_OPTIONAL_LOCKS", "0",
          "GIT_TERMINAL_PROMPT", "0",
          "GIT_NO_LAZY_FETCH", "1",
          "GIT_LITERAL_PATHSPECS", "1",
          "GIT_EDITOR", "true");

  /// Settings of a repository that would start programs, or change what is printed.
  private static final List<String> GIT =
      List.of(
          "git",
          "--no-pager",
          "-c",
          "core.fsmonitor=false",
          "-c",
          "color.ui=false",
          "-c",
          "safe.bareRepository=explicit");

  /// Outside of a repository, which is one of another owner too, `git diff` compares any two files.
  private static final List<String> IN_A_REPOSITORY =
      List.of(
          "sh",
          "-c",
          String.join(" ", GIT) + " rev-parse --git-dir >/dev/null && exec \"$@\"",
          "sh");

  private static final List<String> WITHOUT_HOOKS = List.of("-c", "core.hooksPath=/dev/null");

  private static final List<String> DIFF_OPTIONS =
      List.of("--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty");

  /// A clone without all objects would fetch what is missing, by a program that it names itself.
  private static final Map<String, String> READING_ENVIRONMENT = readingEnvironment();

  /// What the model may ask of git.
  public enum Function {
    STATUS,
    DIFF,
    LOG,
    SHOW,
    ADD,
    COMMIT;

    /// Those that change nothing.
    public static final List<Function> READING = List.of(STATUS, DIFF, LOG, SHOW);
  }

  private final Function function;
  private final CallBounds bounds;

  /// @param bounds their directory is one of the work tree
  public GitTool(Function function, CallBounds bounds) {
    this.function = function;
    this.bounds = bounds;
  }

  @Override
  public String name() {
    return switch (function) {
      case STATUS -> "git_status";
      case DIFF -> "git_diff";
      case LOG -> "git_log";
      case SHOW -> "git_show";
      case ADD -> "git_add";
      case COMMIT -> "git_commit";
    };
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
              text(REVISION, "A commit or a range to compare, as HEAD~1 or main..feature"),
              new Parameter(
                  STAGED, Parameter.Kind.BOOLEAN, "true: the index against the last commit", false),
              text(PATH, "Only this file or directory"));
      case LOG ->
          List.of(
              new Parameter(
                  COUNT,
                  Parameter.Kind.INTEGER,
                  "How many; " + DEFAULT_COUNT + " if left out",
                  false),
              text(REVISION, "Where to begin, or a range; the current branch if left out"),
              text(PATH, "Only commits that touch this file or directory"));
      case SHOW ->
          List.of(
              text(
                  REVISION,
                  "A commit, or COMMIT:FILE for a file of it, FILE as a path; HEAD if left out"),
              text(PATH, "Only this file or directory"));
      case ADD ->
          List.of(new Parameter(PATH, Parameter.Kind.STRING, "The file or directory", true));
      case COMMIT ->
          List.of(new Parameter(MESSAGE, Parameter.Kind.STRING, "The whole message", true));
    };
  }

  private static Parameter text(String name, String description) {
    return new Parameter(name, Parameter.Kind.STRING, description, false);
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

  private static Map<String, String> readingEnvironment() {
    Map<String, String> environment = new HashMap<>(ENVIRONMENT);
    environment.put("GIT_ALLOW_PROTOCOL", "none");
    return Map.copyOf(environment);
  }

  private Map<String, String> environment() {
    return Function.READING.contains(function) ? READING_ENVIRONMENT : ENVIRONMENT;
  }

  private static Optional<FileOfRevision> fileOfRevision(Map<String, Object> arguments) {
    return given(arguments, REVISION).flatMap(FileOfRevision::of);
  }

  @Override
  public Plan plan(Map<String, Object> arguments) {
    return objection(arguments)
        .<Plan>map(reason -> new Plan.Refused("git", reason))
        .orElseGet(() ->
            new Plan.Run(
                new Command(
                    argv(arguments), environment(), bounds.workingDirectory(), stdin(arguments)),
                bounds.limits(),
                bounds.maxOutputBytes()));
  }

  private static Optional<String> objection(Map<String, Object> arguments) {
    for (String name : List.of(REVISION, PATH)) {
      String value = given(arguments, name).orElse("x");
      if (value.isBlank() || value.indexOf('\0') >= 0) {
        return Optional.of("Error: '" + name + "' is blank or holds a NUL character.");
      }
    }
    if (given(arguments, REVISION).filter(revision -> revision.startsWith("-")).isPresent()) {
      return Optional.of(
          "Error: '" + REVISION + "' begins with '-': options are not taken. Name a commit.");
    }
    Optional<String> file = fileOfRevision(arguments).flatMap(FileOfRevision::objection);
    if (file.isPresent()) {
      return Optional.of("Error: '" + REVISION + "' " + file.get());
    }
    if (arguments.get(COUNT) instanceof Number count && count.longValue() < 1) {
      return Optional.of("Error: '" + COUNT + "' must be 1 or more.");
    }
    if (given(arguments, MESSAGE).filter(String::isBlank).isPresent()) {
      return Optional.of("Error: '" + MESSAGE + "' is blank.");
    }
    return Optional.empty();
  }

  private static Optional<String> given(Map<String, Object> arguments, String name) {
    return Optional.ofNullable(arguments.get(name)).map(Object::toString);
  }

  private List<String> argv(Map<String, Object> arguments) {
    List<String> argv = new ArrayList<>(function == Function.DIFF ? IN_A_REPOSITORY : List.of());
    argv.addAll(GIT);
    if (Function.READING.contains(function)) {
      argv.addAll(WITHOUT_HOOKS);
    }
    argv.addAll(
        switch (function) {
          case STATUS -> List.of("status", "--short", "--branch", "--ignore-submodules=dirty");
          case DIFF -> reading("diff", arguments);
          case LOG -> reading("log", arguments);
          case SHOW -> reading("show", arguments);
          case ADD -> List.of("add", "--");
          case COMMIT -> List.of("commit", "--cleanup=verbatim", "--file=-");
        });
    if (function == Function.ADD) {
      given(arguments, PATH).ifPresent(argv::add);
    }
    return argv;
  }

  private List<String> reading(String command, Map<String, Object> arguments) {
    List<String> words = new ArrayList<>(List.of(command));
    words.addAll(DIFF_OPTIONS);
    if (function == Function.DIFF) {
      // Says nothing of a diff, and is refused where two files are compared, should the repository
      // be gone by now.
      words.add("--no-notes");
      if (arguments.get(STAGED) instanceof Boolean staged && staged) {
        words.add("--cached");
      }
    } else {
      // The format of the repository's own settings may ask for signatures, which starts gpg.
      words.addAll(List.of("--no-show-signature", "--format=medium"));
    }
    if (function == Function.LOG) {
      long count =
          arguments.get(COUNT) instanceof Number number ? number.longValue() : DEFAULT_COUNT;
      words.add("--max-count=" + count);
    }
    given(arguments, REVISION)
        .map(revision ->
            FileOfRevision.of(revision).map(FileOfRevision::fromDirectory).orElse(revision))
        .ifPresent(words::add);
    words.add("--");
    given(arguments, PATH).ifPresent(words::add);
    return words;
  }

  private Stdin stdin(Map<String, Object> arguments) {
    return function == Function.COMMIT
        ? Stdin.text(given(arguments, MESSAGE).orElse(""))
        : Stdin.nothing();
  }
}

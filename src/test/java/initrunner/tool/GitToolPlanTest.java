package initrunner.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import initrunner.exec.Captured;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import initrunner.exec.Stdin;
import initrunner.tool.git.GitTool;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class GitToolPlanTest {

  private static final String DIFF = "--no-ext-diff --no-textconv --ignore-submodules=dirty";

  private static Plan plan(
      GitTool.Function function, List<String> denied, Map<String, Object> arguments) {
    return new GitTool(
            function, denied, new CallBounds(Limits.unbounded(), 1000, Optional.of("/srv/work")))
        .plan(arguments);
  }

  /// What follows the script and its name.
  private static String words(Plan plan) {
    return plan instanceof Plan.Run run
        ? String.join(" ", run.command().argv().subList(4, run.command().argv().size()))
        : plan.toString();
  }

  /// A git without GIT_NO_LAZY_FETCH would start the program that a clone's remote names.
  @ParameterizedTest
  @EnumSource
  void onlyWhatWritesMaySpeakToOthers(GitTool.Function function) {
    assertThat(plan(function, List.of(), Map.of("path", "a", "message", "b")))
        .isInstanceOfSatisfying(
            Plan.Run.class,
            run ->
                assertThat(run.command().environment().getOrDefault("GIT_ALLOW_PROTOCOL", ""))
                    .isEqualTo(GitTool.Function.READING.contains(function) ? "none" : ""));
  }

  static Stream<Arguments> calls() {
    return Stream.of(
        arguments(
            GitTool.Function.STATUS,
            Map.of(),
            "reads  status --short --branch --ignore-submodules=dirty"),
        arguments(GitTool.Function.DIFF, Map.of(), "reads  diff " + DIFF + " --no-notes --"),
        arguments(
            GitTool.Function.DIFF,
            Map.of("staged", true, "revision", "a..b", "path", "f"),
            "reads a..b diff " + DIFF + " --no-notes --cached a..b -- :(literal)f"),
        arguments(
            GitTool.Function.DIFF,
            Map.of("staged", false, "path", ":(glob)*"),
            "reads  diff " + DIFF + " --no-notes -- :(literal):(glob)*"),
        arguments(
            GitTool.Function.LOG,
            Map.of(),
            "reads  log " + DIFF + " --no-notes --format=medium --max-count=10 --"),
        arguments(
            GitTool.Function.LOG,
            Map.of("count", 3, "revision", "main", "path", "f"),
            "reads main log "
                + DIFF
                + " --no-notes --format=medium --max-count=3 main -- :(literal)f"),
        arguments(
            GitTool.Function.LOG,
            Map.of("count", 1e12),
            "reads  log " + DIFF + " --no-notes --format=medium --max-count=2147483647 --"),
        arguments(
            GitTool.Function.SHOW,
            Map.of("revision", "HEAD"),
            "reads HEAD show " + DIFF + " --no-notes --format=medium HEAD --"),
        arguments(
            GitTool.Function.SHOW,
            Map.of("revision", "HEAD:a"),
            "reads  show " + DIFF + " --no-notes --format=medium HEAD:./a --"),
        arguments(
            GitTool.Function.BLAME,
            Map.of("path", "f", "revision", "v1"),
            "reads v1 blame --no-textconv v1 -- f"),
        arguments(
            GitTool.Function.CHANGED_FILES,
            Map.of(),
            "reads  diff " + DIFF + " --no-notes --name-status -z --relative HEAD~1 --"),
        arguments(
            GitTool.Function.CHANGED_FILES,
            Map.of("revision", "a..b"),
            "reads a..b diff " + DIFF + " --no-notes --name-status -z --relative a..b --"),
        arguments(GitTool.Function.LIST_FILES, Map.of(), "reads  ls-files -z --"),
        arguments(GitTool.Function.ADD, Map.of("path", "f"), "writes  add -- :(literal)f"),
        arguments(
            GitTool.Function.COMMIT,
            Map.of("message", "m"),
            "writes  commit --cleanup=verbatim --file=-"));
  }

  @ParameterizedTest
  @MethodSource("calls")
  void aCallIsThisCommandOfGit(
      GitTool.Function function, Map<String, Object> arguments, String words) {
    assertThat(words(plan(function, List.of(), arguments))).isEqualTo(words);
  }

  @Test
  void onlyACommitHasAnInputWhichIsItsMessage() {
    Plan.Run commit =
        (Plan.Run) plan(GitTool.Function.COMMIT, List.of(), Map.of("message", "Adds a\n"));
    assertThat(
            new String(((Stdin.Bytes) commit.command().stdin()).content(), StandardCharsets.UTF_8))
        .isEqualTo("Adds a\n");
    Plan.Run add = (Plan.Run) plan(GitTool.Function.ADD, List.of(), Map.of("path", "a"));
    assertThat(add.command().stdin()).isEqualTo(Stdin.nothing());
  }

  static Stream<Arguments> leftOut() {
    return Stream.of(
        arguments(GitTool.Function.DIFF, Map.of(), " -- . :(exclude)key.pem"),
        arguments(
            GitTool.Function.LIST_FILES, Map.of("path", "a"), " -- :(literal)a :(exclude)key.pem"),
        arguments(GitTool.Function.ADD, Map.of("path", "a"), " -- :(literal)a :(exclude)key.pem"),
        arguments(GitTool.Function.SHOW, Map.of("revision", "v1"), " v1 -- . :(exclude)key.pem"),
        arguments(GitTool.Function.SHOW, Map.of("revision", "v1:a"), " v1:./a --"),
        arguments(GitTool.Function.CHANGED_FILES, Map.of(), " HEAD~1 -- . :(exclude)key.pem"),
        arguments(GitTool.Function.LOG, Map.of(), " --max-count=10 --"),
        arguments(GitTool.Function.BLAME, Map.of("path", "a"), " -- a"));
  }

  /// The answer mentions left-out files, except for a commit, a log and one file, which are never
  /// partial.
  @ParameterizedTest
  @MethodSource("leftOut")
  void whatIsDeniedIsLeftOutAndTheAnswerSaysSo(
      GitTool.Function function, Map<String, Object> arguments, String end) {
    Plan.Run run = (Plan.Run) plan(function, List.of("key.pem"), arguments);
    Captured captured = new Captured(1000);
    captured.stdout(ByteBuffer.wrap("a\0".getBytes(StandardCharsets.UTF_8)));
    Outcome outcome = new Outcome(new Ended.Exited(0), OutputEnd.COMPLETE, Duration.ZERO);
    String answer = run.answer().of(run, outcome, captured, "host");
    assertThat(words(run)).endsWith(end.replace(" -- . ", " -- :(literal). "));
    assertThat(answer.contains("[files that rules of the role deny are left out]"))
        .isEqualTo(end.contains("exclude"));
  }

  @Test
  void whatIsDeniedBelowThePathIsNamedFromThere() {
    for (String path : List.of("a[1]", "a[1]/")) {
      assertThat(words(plan(GitTool.Function.DIFF, List.of("a[[]1]/x*"), Map.of("path", path))))
          .endsWith(" :(exclude)a?*1]/x* :(exclude)a\\[1]/x*");
    }
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        arguments(Map.of("revision", " "), "'revision' is blank or holds a NUL character."),
        arguments(Map.of("revision", "\0"), "'revision' is blank or holds a NUL character."),
        arguments(Map.of("path", "a\0b"), "'path' is blank or holds a NUL character."),
        arguments(Map.of("path", ""), "'path' is blank or holds a NUL character."),
        arguments(
            Map.of("revision", "--output=x"),
            "'revision' begins with '-': options are not taken. Name a commit."),
        arguments(
            Map.of("revision", ":/a{9}"),
            "'revision' looks for a message with a repetition in braces, which may take all memory."
                + " Name the commit, or write * or +."),
        arguments(Map.of("count", 0), "'count' must be 1 or more."),
        arguments(Map.of("count", 0.5), "'count' must be 1 or more."),
        arguments(Map.of("message", " \n"), "'message' is blank."),
        arguments(
            Map.of("revision", "HEAD:a"),
            "'revision' names a file or a directory. Give the commits alone, and the file as"
                + " 'path'."));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void whatGitMayNotBeAskedIsRefused(Map<String, Object> arguments, String reason) {
    assertThat(plan(GitTool.Function.LOG, List.of(), arguments))
        .isEqualTo(new Plan.Refused("git", "Error: " + reason));
  }

  @Test
  void aFileOfARevisionTakesNoPathBesideIt() {
    assertThat(plan(GitTool.Function.SHOW, List.of(), Map.of("revision", "HEAD:a", "path", "b")))
        .isEqualTo(
            new Plan.Refused(
                "git", "Error: 'revision' names a file, so it takes no 'path' beside it."));
    assertThat(plan(GitTool.Function.SHOW, List.of(), Map.of("revision", ":/HEAD{x")))
        .isInstanceOf(Plan.Run.class);
  }

  @ParameterizedTest
  @EnumSource
  void itsNameIsThatOfTheFunction(GitTool.Function function) {
    Tool tool =
        new GitTool(function, List.of(), new CallBounds(Limits.unbounded(), 1, Optional.empty()));
    assertThat(tool.name()).isEqualTo("git_" + function.toString().toLowerCase(Locale.ROOT));
  }
}

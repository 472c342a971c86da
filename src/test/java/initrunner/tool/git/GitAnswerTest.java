package initrunner.tool.git;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import initrunner.tool.CallBounds;
import initrunner.tool.Plan;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GitAnswerTest {

  private static String answer(GitTool.Function function, int status, String out, String err) {
    GitTool tool =
        new GitTool(function, List.of(), new CallBounds(Limits.unbounded(), 200, Optional.empty()));
    Plan.Run run = (Plan.Run) tool.plan(Map.of("path", "a", "message", "m"));
    Captured captured = new Captured(10_000);
    captured.stdout(ByteBuffer.wrap(out.getBytes(StandardCharsets.UTF_8)));
    captured.stderr(ByteBuffer.wrap(err.getBytes(StandardCharsets.UTF_8)));
    Outcome outcome = new Outcome(new Ended.Exited(status), OutputEnd.COMPLETE, Duration.ZERO);
    return run.answer().of(run, outcome, captured, "host");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      value = {
        "## main...o/main => ## main...o/main",
        "## \"x\" => ## \"x\"",
        "?? a.txt => ?? a.txt",
        "?? \"a b\" => ?? a b",
        "?? \"\\303\\244\" => ?? ä",
        "?? \"a\\\"b\" => ?? a\"b",
        "?? \"a\\nb\" => ?? \"a\\nb\"",
        "?? \"\\a\\b\\t\\v\\f\\r\" => ?? \"\\u0007\\u0008\\t\\u000b\\u000c\\r\"",
        "?? \" a\" => ?? \" a\"",
        "R  \"a b\" -> c => R  a b -> c",
        "R  a -> \"b c\" => R  a -> b c",
        "R  \"a -> b\" -> \"c\" => R  a -> b -> c",
        "\"\" => \"\"",
      })
  void aStatusNamesFilesWithoutTheQuotesOfGit(String printed, String shown) {
    assertThat(answer(GitTool.Function.STATUS, 0, printed + "\n", ""))
        .isEqualToIgnoringCase("STDOUT:\n" + shown);
  }

  /// For every cut of the output: a part of a name would look like another file's name.
  @Test
  void aStatusThatIsCutNamesWholeFilesOnly() {
    List<String> names = List.of("ä b", "c\"d", "old name -> new name", "plain");
    String printed =
        "?? \"\\303\\244 b\"\n?? \"c\\\"d\"\nR  \"old name\" -> \"new name\"\n?? plain\n";
    for (int before = 0; before < 2 * printed.length(); before++) {
      String filler = "?? " + "x".repeat(before) + "\n";
      String shown = answer(GitTool.Function.STATUS, 0, filler + printed.repeat(20), "");
      assertThat(shown.lines().map(line -> line.replaceFirst("^(\\?\\?|R ) ", "")))
          .as("cut %d further", before)
          .startsWith("STDOUT:")
          .endsWith("[truncated]")
          .filteredOn(line -> !line.matches("STDOUT:|x*|\\[truncated]|\\[… [0-9.]+ k?B omitted …]"))
          .hasSizeGreaterThan(2)
          .isSubsetOf(names);
    }
  }

  @Test
  void changedFilesAreListedWithWhatBecameOfThem() {
    assertThat(
            answer(
                GitTool.Function.CHANGED_FILES,
                0,
                "M\0a\0R100\0b\0c d\0C075\0e\0 f\0D\0g\0",
                "warning: x\n"))
        .isEqualTo("M a\nR100 b -> c d\nC075 e -> \" f\"\nD g\nSTDERR:\nwarning: x");
    assertThat(answer(GitTool.Function.CHANGED_FILES, 0, "", "")).isEqualTo("(no files)");
    assertThat(answer(GitTool.Function.CHANGED_FILES, 0, "R100\0b\0", "")).isEqualTo("R100 b");
  }

  @Test
  void namesAreListedAndWhatIsCutSaysSo() {
    assertThat(answer(GitTool.Function.LIST_FILES, 0, "a\0b\nc\0", "")).isEqualTo("a\n\"b\\nc\"");
    assertThat(answer(GitTool.Function.LIST_FILES, 0, "", "")).isEqualTo("(no files)");
    assertThat(answer(GitTool.Function.LIST_FILES, 0, "a\0" + "b".repeat(500), ""))
        .isEqualTo("a\n[truncated]");
    assertThat(answer(GitTool.Function.LIST_FILES, 0, "b".repeat(500), ""))
        .isEqualTo("\n[truncated]");
  }

  @Test
  void aFailureIsToldByTheScriptOrByItsExitStatus() {
    for (GitTool.Function function : GitTool.Function.values()) {
      assertThat(answer(function, 65, "", "no repository\n")).isEqualTo("Error: no repository.");
      assertThat(answer(function, 128, "", "fatal: x\n"))
          .isEqualTo("Exit code: 128\nSTDERR:\nfatal: x");
    }
    assertThat(answer(GitTool.Function.LOG, 0, "commit 1\n", "")).isEqualTo("STDOUT:\ncommit 1");
  }
}

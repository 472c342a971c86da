package initrunner.tool.files;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// For every part of a script's answer that arrives, a call has a result.
class FileAnswerTest {

  private static final CallBounds BOUNDS =
      new CallBounds(Limits.unbounded(), 1000, Optional.empty());

  private static final Map<FileTool.Function, Map<String, Object>> CALLS =
      Map.of(
          FileTool.Function.READ, Map.of("path", "f"),
          FileTool.Function.LIST, Map.of(),
          FileTool.Function.SEARCH, Map.of("pattern", "x"),
          FileTool.Function.WRITE, Map.of("path", "f", "content", "x"),
          FileTool.Function.EDIT, Map.of("path", "f", "old_text", "x", "new_text", "y"));

  private static String answer(FileTool.Function function, String printed, OutputEnd end) {
    FileTool tool = new FileTool(function, List.of(), List.of(), BOUNDS);
    Plan.Run run = (Plan.Run) tool.plan(CALLS.getOrDefault(function, Map.of()));
    Outcome outcome = new Outcome(new Ended.Exited(0), end, Duration.ZERO);
    return run.answer().of(run, outcome, captured(printed, ""), "host");
  }

  private static Captured captured(String stdout, String stderr) {
    Captured captured = new Captured(10_000);
    captured.stdout(ByteBuffer.wrap(stdout.getBytes(StandardCharsets.UTF_8)));
    captured.stderr(ByteBuffer.wrap(stderr.getBytes(StandardCharsets.UTF_8)));
    return captured;
  }

  private static String success(FileAnswer answer, String printed) {
    return answer.success(captured(printed, "")).orElse("none");
  }

  /// First a whole file, then its lines from the third on; ten bytes are shown.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'text 5¶abcd¶' | 'abcd¶'",
        "'text 0¶' | (empty file)",
        "'text 0¶x' | (empty file)",
        "'text 9¶abc¶def¶' | 'abc¶def¶[truncated of 9 bytes: read on with first_line 3]'",
        "'text 9¶abc¶d' | 'abc¶[truncated of 9 bytes: read on with first_line 2]'",
        "'text 9¶¶d' | '¶[truncated of 9 bytes: read on with first_line 2]'",
        "'text 9¶abcd' | 'abcd¶[truncated of 9 bytes: the line is longer than can be shown]'",
        "'binary 7¶' | 'f is a binary file of 7 bytes; it is not shown.'",
        "'lines 7¶' | '(no such lines: the file has 7)'",
        "'lines 7¶abc¶def¶' | 'abc¶def¶'",
        "'lines 7¶abc¶defghi' | 'abc¶[truncated: read on with first_line 4]'",
        "'lines 7¶abc¶defgh' | 'abc¶defgh'",
        "'text 123456789012345678¶a¶' |"
            + " 'a¶[truncated of 123456789012345678 bytes: read on with first_line 2]'",
        "'text 1234567890123456789¶a¶' | none",
        "'text 0x5¶abcd¶' | none",
        "'text 1:¶abcd¶' | none",
        "'text 1/¶abcd¶' | none",
        "'text¶abc d¶' | none",
        "'text¶' | none",
        "' 5¶abcd¶' | none",
        "'text ¶abcd¶' | none",
        "'other 5¶abcd¶' | none",
      })
  void aFileReadsAsItsContentAndWhereToReadOn(String printed, String shown) {
    boolean inLines = printed.startsWith("lines");
    FileAnswer.Read read = new FileAnswer.Read("f", inLines ? 3 : 0, 10);
    assertThat(success(read, printed.replace('¶', '\n'))).isEqualTo(shown.replace('¶', '\n'));
  }

  @Test
  void aListHasTheNamesInOrderAndWhatEachIs() {
    FileAnswer.Listing listing = new FileAnswer.Listing(40);
    assertThat(success(listing, "f./b\0d./sub\0l./a\0o./pipe\0f./ x\0\0"))
        .isEqualTo("\" x\"\na (symbolic link)\nb\npipe (special file)\nsub/");
    assertThat(success(listing, "\0")).isEqualTo("(empty directory)");
    assertThat(success(listing, "f./b\0")).isEqualTo("none");
    String cut = "f./b\0f./" + "a".repeat(31);
    assertThat(success(listing, cut)).isEqualTo("none");
    assertThat(success(listing, cut + "a")).isEqualTo("b\n[truncated]");
    assertThat(success(listing, "f./" + "a".repeat(37))).isEqualTo("[truncated]");
    assertThat(listing.success(captured("f./b\0\0", "ls: ./c: Permission denied\n")))
        .hasValue("b\nSTDERR:\nls: ./c: Permission denied");
  }

  @Test
  void whatWasWrittenIsNamed() {
    FileAnswer.Written written = new FileAnswer.Written("a b ", 3);
    assertThat(success(written, "created\n")).isEqualTo("Created \"a b \" (3 bytes).");
    assertThat(success(written, "replaced\n")).isEqualTo("Replaced \"a b \" (3 bytes).");
    assertThat(success(new FileAnswer.Edited("f"), "")).isEqualTo("Edited f.");
  }

  @Test
  void aScriptThatSaysWhyItFailedIsQuoted() {
    FileAnswer.Edited edited = new FileAnswer.Edited("f");
    Plan.Run run =
        (Plan.Run)
            new FileTool(FileTool.Function.LIST, List.of(), List.of(), BOUNDS).plan(Map.of());
    Captured captured = captured("", "'f' is a directory\n");
    Outcome said = new Outcome(new Ended.Exited(65), OutputEnd.COMPLETE, Duration.ZERO);
    assertThat(edited.of(run, said, captured, "host")).isEqualTo("Error: 'f' is a directory.");
    Outcome failed = new Outcome(new Ended.Exited(2), OutputEnd.COMPLETE, Duration.ZERO);
    assertThat(edited.of(run, failed, captured, "host"))
        .isEqualTo("Exit code: 2\nSTDERR:\n'f' is a directory");
  }

  @Test
  void anAnswerThatIsNoneIsAnErrorAndEndsNothing() {
    List<String> broken =
        List.of("", "\n", " ", "text", "text \n", "text x\nabc", "noise\ntext 3\nabc");
    for (String printed : broken) {
      for (FileTool.Function function :
          List.of(FileTool.Function.READ, FileTool.Function.LIST, FileTool.Function.WRITE)) {
        assertThat(answer(function, printed, OutputEnd.COMPLETE))
            .as(function + " " + printed)
            .isEqualTo(FileAnswer.NO_ANSWER);
      }
    }
    assertThat(answer(FileTool.Function.SEARCH, "", OutputEnd.COMPLETE))
        .isEqualTo(FileAnswer.NO_ANSWER);
    assertThat(answer(FileTool.Function.LIST, "fa\0fb\0", OutputEnd.COMPLETE))
        .isEqualTo(FileAnswer.NO_ANSWER);
  }

  @Test
  void anAnswerThatIsCutSaysSo() {
    List<String> texts = new ArrayList<>();
    for (FileTool.Function function : FileTool.Function.values()) {
      for (String printed : List.of("", "0\n./a:1:x\n", "text 9\nabc\n", "created\n", "fa\0\0")) {
        texts.add(answer(function, printed, OutputEnd.CUT));
      }
    }
    assertThat(texts).allMatch(text -> text.endsWith("the end of its output may be missing."));
  }
}

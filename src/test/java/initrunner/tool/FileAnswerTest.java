package initrunner.tool;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Whatever of a script's answer arrives, a call has a result.
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
    Captured captured = new Captured(run.maxOutputBytes());
    captured.stdout(ByteBuffer.wrap(printed.getBytes(StandardCharsets.UTF_8)));
    Outcome outcome = new Outcome(new Ended.Exited(0), end, Duration.ZERO);
    return run.answer().of(run, outcome, captured, "host");
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

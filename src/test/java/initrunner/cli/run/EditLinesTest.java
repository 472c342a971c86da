package initrunner.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.tool.ToolCall;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EditLinesTest {

  private static ToolCall edit(String before, String after) {
    return new ToolCall(
        "a", "edit_file", Map.of("path", "p", "old_text", before, "new_text", after));
  }

  private static String numbers(String end) {
    return IntStream.range(0, 20).mapToObj(Integer::toString).collect(Collectors.joining(end));
  }

  @Test
  void anEditIsItsDifferenceWithoutNumbersOfLines() {
    assertThat(EditLines.of("filesystem", edit("a\nb\nc", "a\nB\nc")))
        .containsExactly(" a", "-b", "+B", " c");
    assertThat(EditLines.of("filesystem", edit("a", ""))).containsExactly("-a");
    assertThat(EditLines.of("filesystem", edit("a", "a"))).isEmpty();
  }

  @Test
  void betweenChangesThatAreFarApartStandsAnEllipsis() {
    String text = "x\n" + numbers("\n") + "\ny";

    assertThat(EditLines.of("filesystem", edit(text, text.replace("x", "X").replace("y", "Y"))))
        .containsExactly("-x", "+X", " 0", " 1", " 2", "…", " 17", " 18", " 19", "-y", "+Y");
  }

  @Test
  void aFileThatIsWrittenIsAllOfItsContent() {
    ToolCall write = new ToolCall("a", "write_file", Map.of("path", "p", "content", "a\nb\n"));

    assertThat(EditLines.of("filesystem", write)).containsExactly("+a", "+b");
  }

  @Test
  void otherCallsEditNothing() {
    assertThat(EditLines.of("shell", edit("a", "b"))).isEmpty();
    assertThat(EditLines.of("filesystem", new ToolCall("a", "read_file", Map.of("path", "p"))))
        .isEmpty();
    assertThat(EditLines.of("filesystem", new ToolCall("a", "edit_file", Map.of("old_text", 1))))
        .isEmpty();
  }
}

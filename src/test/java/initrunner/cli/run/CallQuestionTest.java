package initrunner.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.console.TerminalSize;
import initrunner.tool.ToolCall;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallQuestionTest {

  private static CallQuestion of(String command, int rows, int columns) {
    ToolCall call = new ToolCall("1", "run_shell", Map.of("command", command));
    return new CallQuestion(call, "alba", new TerminalSize(rows, columns));
  }

  @Test
  void aShortCallIsShownWhole() {
    CallQuestion question = of("make -j4", 24, 80);

    assertThat(question.isCut()).isFalse();
    assertThat(question.shown()).containsExactly("? run_shell on alba:", "    │ command: make -j4");
    assertThat(question.whole()).isEqualTo(question.shown());
  }

  @Test
  void aRunOfBlanksOrEmptyLinesPushesNothingAway() {
    assertThat(of("ls" + " ".repeat(1700) + "-a", 24, 80).shown())
        .containsExactly("? run_shell on alba:", "    │ command: ls (1700 blanks) -a");
    assertThat(of("a\n\n\n\nb\n\nc", 24, 80).shown())
        .containsExactly(
            "? run_shell on alba:",
            "    │ command:",
            "    │ a",
            "    │ (3 empty lines)",
            "    │ b",
            "    │",
            "    │ c");
  }

  @Test
  void blanksAreCountedAndIndentationIsShown() {
    assertThat(of("echo     spaced  twice", 24, 80).shown())
        .containsExactly(
            "? run_shell on alba:", "    │ command: echo (5 blanks) spaced (2 blanks) twice");
    assertThat(of("if a:\n    b  c\n" + " ".repeat(90) + "d", 24, 80).shown())
        .endsWith("    │ if a:", "    │     b (2 blanks) c", "    │  (90 blanks) d");
  }

  @Test
  void allSandboxesAreNamedHoweverManyThereAre() {
    String place = "sandbox-of-some-length (some-host), ".repeat(5) + "last (last-host)";
    CallQuestion question =
        new CallQuestion(
            new ToolCall("1", "run_on", Map.of("command", "id")), place, new TerminalSize(24, 80));

    assertThat(String.join("", question.shown()).replace("    │ ", ""))
        .contains("? run_on on " + place + ":command: id");
  }

  /// For every call, the question fits on the terminal and shows the beginning and the end of the
  /// call.
  @ParameterizedTest
  @CsvSource({"24,80", "16,40", "60,200"})
  void whatIsAskedFitsOnTheScreenAndHoldsBothEnds(int rows, int columns) {
    for (String filler :
        List.of("x", "x\n", "\u6f22", "\t", "\r", "\u001b[2J", "\ud83d\ude00", " y", "\u0301")) {
      List<String> shown = of("BEGIN " + filler.repeat(20_000) + " END", rows, columns).shown();

      assertThat(shown.size()).as(filler).isLessThanOrEqualTo(rows - 4);
      assertThat(String.join("", shown).replace("    │ ", ""))
          .contains("BEGIN")
          .contains("END")
          .contains("are between");
      assertThat(shown).filteredOn(line -> line.startsWith("?")).hasSizeLessThanOrEqualTo(1);
    }
  }

  @Test
  void manyArgumentsFitToo() {
    Map<String, Object> arguments = new LinkedHashMap<>();
    for (int i = 0; i < 500; i++) {
      arguments.put("name" + i, "value");
    }
    CallQuestion question =
        new CallQuestion(
            new ToolCall("1", "odd".repeat(99), arguments), "alba", new TerminalSize(24, 80));

    assertThat(question.shown()).hasSizeLessThanOrEqualTo(20).allMatch(line -> line.length() < 80);
    assertThat(question.whole()).hasSize(505);
  }
}

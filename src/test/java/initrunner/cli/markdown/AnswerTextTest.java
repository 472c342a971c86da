package initrunner.cli.markdown;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.console.Screen;
import initrunner.cli.console.Style;
import initrunner.cli.console.TerminalLook;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AnswerTextTest {

  private static AnswerText answer(int columns, boolean coloured) {
    return new AnswerText(new TerminalLook(() -> columns + 1, coloured, true));
  }

  private static List<String> plain(List<List<Screen.Span>> lines) {
    return lines.stream()
        .map(line -> line.stream().map(Screen.Span::text).collect(Collectors.joining()))
        .toList();
  }

  private static List<List<Screen.Span>> spans(String text, int columns, boolean coloured) {
    AnswerText answer = answer(columns, coloured);
    List<List<Screen.Span>> lines = new ArrayList<>(answer.add(text));
    lines.addAll(answer.end());
    return lines;
  }

  private static List<String> shown(String text, int columns) {
    return plain(spans(text, columns, true));
  }

  @Test
  void headingsListsCodeAndQuotesHaveAFormOfTheirOwn() {
    String text =
        "# Title\n\nSee **this** and `that`.\n\n3. one\n   - deep\n4. two\n\n"
            + "```sh\nls\t-l\n\nend\n```\n> quoted\n\n---\n<b>as it is</b>\n";

    assertThat(shown(text, 40))
        .containsExactly(
            "Title",
            "",
            "See this and that.",
            "",
            "3. one",
            "   • deep",
            "4. two",
            "",
            "  ls    -l",
            "  ",
            "  end",
            "",
            "│ quoted",
            "",
            "─".repeat(40),
            "",
            "<b>as it is</b>");
    assertThat(spans(text, 40, true))
        .contains(List.of(new Screen.Span(Style.HEADING, "Title")))
        .contains(
            List.of(
                new Screen.Span(Style.PLAIN, "See "),
                new Screen.Span(Style.HEADING, "this"),
                new Screen.Span(Style.PLAIN, " and "),
                new Screen.Span(Style.CODE, "that"),
                new Screen.Span(Style.PLAIN, ".")));
  }

  @Test
  void withoutColoursTheMarksThatTheyReplaceStay() {
    assertThat(plain(spans("## Title\n\n**a** *b* `c`", 40, false)))
        .containsExactly("## Title", "", "**a** *b* `c`");
  }

  @Test
  void linesAreBrokenBetweenWordsAndWideCharactersTakeTwoColumns() {
    assertThat(shown("one two three\nfour  \nfive", 9))
        .containsExactly("one two", "three", "four", "five");
    assertThat(shown("漢字漢字漢字", 7)).containsExactly("漢字漢", "字漢字");
    assertThat(shown("- one two\n- x", 7)).containsExactly("• one", "  two", "• x");
  }

  @Test
  void tablesFitIntoTheWidth() {
    String table = "| a | number |\n|---|---:|\n| 漢字 | 1 |\n| x | two words here |\n";
    assertThat(shown(table, 40))
        .containsExactly(
            "a    │         number",
            "─────┼───────────────",
            "漢字 │              1",
            "x    │ two words here");
    assertThat(shown(table, 16))
        .containsExactly(
            "a    │    number",
            "─────┼──────────",
            "漢字 │         1",
            "x    │ two words",
            "     │      here");
    assertThat(shown("|a|b|c|\n|-|-|-|\n|first word|second word|third word|", 15))
        .containsExactly("a: first word", "b: second word", "c: third word");
  }

  @Test
  void aBlockIsShownWhenTheNextOneBegins() {
    AnswerText answer = answer(40, true);

    assertThat(answer.add("One par")).isEmpty();
    assertThat(answer.unfinished()).isEqualTo("One par");
    assertThat(answer.add("agraph.\n")).isEmpty();
    assertThat(plain(answer.add("\n- a\n"))).containsExactly("One paragraph.");
    assertThat(answer.add("\n- b\n")).isEmpty();
    assertThat(plain(answer.end())).containsExactly("", "• a", "", "• b");
    assertThat(answer.end()).isEmpty();
  }

  @Test
  void noTextIsObeyedAndNoneIsLost() {
    assertThat(shown("a\u001b[2J &#27;[2J &#x202e;b\n\n`\u001b`\n\n    \u001b\n", 60))
        .containsExactly("a\\x1B[2J \\x1B[2J \\u202Eb", "", "\\x1B", "", "  \\x1B");
    assertThat(
            shown("[text](http://x.test/) <http://y.test/> ![alt](z)\n\n[r]: http://r.test/", 80))
        .containsExactly("text (http://x.test/) http://y.test/ alt (z)", "", "[r]: http://r.test/");
    String deep = "> ".repeat(5000) + "end " + "*a **b ".repeat(5000);
    assertThat(String.join("", shown(deep, 60))).contains("end");
  }
}

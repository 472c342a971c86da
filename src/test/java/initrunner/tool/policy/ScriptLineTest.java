package initrunner.tool.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScriptLineTest {

  @Test
  void aLineThatABackslashOrAQuoteContinuesIsOne() {
    assertThat(ScriptLine.of("make \\\n  -j2\n\necho 'a\nb' \"c\\\"\nd\"\nls\n"))
        .containsExactly(
            new ScriptLine(1, "make \\\n  -j2"),
            new ScriptLine(4, "echo 'a\nb' \"c\\\"\nd\""),
            new ScriptLine(7, "ls"));
  }

  @Test
  void aCommentIsNoPartOfALineAndNeedsNoClosingQuote() {
    assertThat(ScriptLine.of("# it's\nls # that's all\necho a#b '#c'\n#"))
        .containsExactly(new ScriptLine(2, "ls"), new ScriptLine(3, "echo a#b '#c'"));
  }

  @Test
  void whatIsNotClosedIsOneLine() {
    assertThat(ScriptLine.of("ls\necho 'a\nb\n"))
        .containsExactly(new ScriptLine(1, "ls"), new ScriptLine(2, "echo 'a\nb"));
    assertThat(ScriptLine.of("ls \\")).containsExactly(new ScriptLine(1, "ls \\"));
    assertThat(ScriptLine.of("ls \\\n")).containsExactly(new ScriptLine(1, "ls \\"));
  }
}

package initrunner.tool.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {

  @ParameterizedTest
  @CsvSource({
    "git *, git status, true",
    "git *, git, false",
    "*.txt, notes.txt, true",
    "*.txt, notes.txt.bak, false",
    "/etc/*, /etc/ssh/sshd_config, true",
    "file?, file1, true",
    "file?, file, false",
    "file?, file😀, true",
    "[a-c]x, bx, true",
    "[a-c]x, dx, false",
    "[!a-c]x, dx, true",
    "[!a-c]x, bx, false",
    "[]]x, ]x, true",
    "[!]]x, ax, true",
    "[a-]x, -x, true",
    "[ab, [ab, true",
    "[, [, true",
    "Git, git, false",
    "a*b*c, aXXbYYc, true",
    "a*b*c, aXXbYY, false",
    "**, anything, true",
  })
  void matchesTheWholeText(String pattern, String text, boolean matches) {
    assertThat(new Glob(pattern).matches(text)).isEqualTo(matches);
  }

  @Test
  void theEmptyPatternIsForTheEmptyText() {
    assertThat(new Glob("").matches("")).isTrue();
    assertThat(new Glob("").matches("a")).isFalse();
    assertThat(new Glob("*").matches("")).isTrue();
  }

  @Test
  void aStarCrossesLineEnds() {
    assertThat(new Glob("a*z").matches("a\nb\nz")).isTrue();
  }

  /// An fnmatch that compares bytes: exact for ASCII, otherwise it matches at least as much.
  @ParameterizedTest
  @CsvSource({
    "a*?, a*?, a*?*",
    "[a-c], [a-c], [a-c]",
    "[~]x, [~]x, [~]x",
    "[!a], [!a], ?*",
    "[c-a], ?, ?*",
    "[ a], ?, ?*",
    "[\u007f], ?, ?*",
    "[\\], ?, ?*",
    "[a^], ?, ?*",
    "[é], ?, ?*",
    "[a-é], ?, ?*",
    "[é-z], ?, ?*",
    "[x, \\[x, \\[x",
    "a\\b, a\\\\b, a\\\\b",
    "é, é, é",
  })
  void asAPatternOfBytesItMatchesNoLess(String pattern, String exact, String atLeast) {
    assertThat(new Glob(pattern).ofBytes()).isEqualTo(exact);
    assertThat(new Glob(pattern).ofBytesAtLeast()).isEqualTo(atLeast);
  }

  /// A backtracking matcher would not return.
  @Test
  void manyStarsAgainstALongTextTakeNoMoreThanTheirProduct() {
    assertThat(new Glob("*a".repeat(200) + "b").matches("a".repeat(5000))).isFalse();
  }
}

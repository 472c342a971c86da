package initrunner.tool.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamePatternTest {

  private static NamePattern pattern(String text) {
    return NamePattern.of(text).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*.c | a.c | true",
        "*.c | src/main/a.c | true",
        "*.c | a.h | false",
        "a | src/a/b | false",
        "** | src/a | true",
        "./*.c | a.c | true",
        "./*.c | src/a.c | false",
        "/*.c | a.c | true",
        "/*.c | src/a.c | false",
        "src/*.c | src/a.c | true",
        "src//*.c | src/a.c | true",
        "src/*.c | src/sub/a.c | false",
        "src/*.c | a.c | false",
        "src/*.c | other/src/a.c | false",
        "*/*.c | src/a.c | true",
        "*/*.c | a.c | false",
        "**/test/*.c | test/a.c | true",
        "**/test/*.c | a/b/test/c.c | true",
        "**/test/*.c | a/test/b/c.c | false",
        "**/test/*.c | tests/c.c | false",
        "src/**/a.c | src/a.c | true",
        "src/**/a.c | src/x/y/a.c | true",
        "src/**/a.c | src/x/y/b.c | false",
        "src/**/a.c | lib/x/a.c | false",
        "src/** | src/x/y | true",
        "src/** | srcs/x | false",
        "src/ | src | true",
        "/ | a | true",
        "/ | a/b | false",
        "*.{c,h} | a.c | true",
        "*.{c,h} | a.h | true",
        "*.{c,h} | a.o | false",
        "{a,b}{1,2} | b1 | true",
        "{a,b}{1,2} | b3 | false",
        "{a,{b,c}d} | cd | true",
        "{a,{b,c}d} | c | false",
        "{a,} | a | true",
        "x{,y} | x | true",
        "{src/*.c,lib} | src/a.c | true",
        "{src/*.c,lib} | deep/lib | true",
        "{a} | {a} | true",
        "{a}{b,c} | {a}c | true",
        "{a,b | {a,b | true",
        "a,b} | a,b} | true",
        "{a{b,c} | {ac | true",
      })
  void aPatternIsForTheLastPartAndWithASlashForAllOfThePath(
      String pattern, String path, boolean matches) {
    assertThat(pattern(pattern).matches(path)).isEqualTo(matches);
  }

  @Test
  void anyIsForEveryFile() {
    assertThat(List.of("a", "src/.hidden", "é")).allMatch(NamePattern.any()::matches);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*.c | ( -name *.c )",
        "**/*.c | ( -name *.c )",
        "?.c | ( -name ?*.c )",
        "/*.c | ( -path ./*.c )",
        "src/*.c | ( -path ./src/*.c )",
        "src/**/a.c | ( -path ./src/*a.c )",
        "**/test/a.c | ( -path ./*test/a.c )",
        "src/** | ( -path ./src/* )",
        "*.{c,h} | ( -name *.h -o -name *.c )",
        "{src/a,b} | ( -name b -o -path ./src/a )",
      })
  void findLooksForAtLeastWhatMatches(String pattern, String expression) {
    assertThat(String.join(" ", pattern(pattern).expression())).isEqualTo(expression);
  }

  @Test
  void bracesStandForNoMoreThanSixtyFourPatterns() {
    assertThat(NamePattern.of("{a,b}".repeat(6))).isPresent();
    assertThat(NamePattern.of("{" + "a,".repeat(63) + "a}")).isPresent();
    assertThat(NamePattern.of("{" + "a,".repeat(64) + "a}")).isEmpty();
    assertThat(NamePattern.of("{a,b}".repeat(7))).isEmpty();
    assertThat(NamePattern.of("{a,b}".repeat(1000))).isEmpty();
  }
}

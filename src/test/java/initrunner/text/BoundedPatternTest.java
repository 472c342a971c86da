package initrunner.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BoundedPatternTest {

  @ParameterizedTest
  @CsvSource({"a+,xAAx,true", "Ä,ä,true", "^b,ab,false", "x,'',false", "'',abc,true"})
  void theCaseOfLettersDoesNotMatter(String pattern, String text, boolean isIn) {
    assertThat(new BoundedPattern(pattern).isIn(text)).isEqualTo(isIn);
  }

  @Test
  void allThatMatchesIsReplacedByTheMarkAsItIs() {
    assertThat(new BoundedPattern("(sk)-[0-9]+").replacedIn("a sk-1, SK-22.", "[$1]"))
        .isEqualTo("a [$1], [$1].");
    assertThat(new BoundedPattern("b").replacedIn("acd", "*")).isEqualTo("acd");
  }

  @Test
  void aPatternThatTakesTooManyStepsGivesUp() {
    BoundedPattern pattern = new BoundedPattern("(.*,){20}b");
    String parts = "a,".repeat(25) + "a".repeat(50);
    assertThatThrownBy(() -> pattern.isIn(parts))
        .isInstanceOf(BoundedPattern.GaveUpException.class);
    assertThatThrownBy(() -> pattern.replacedIn(parts, "*"))
        .isInstanceOf(BoundedPattern.GaveUpException.class);
  }

  @Test
  void aPatternThatTakesTooMuchOfTheStackGivesUp() {
    BoundedPattern pattern = new BoundedPattern("(x|y)*z");
    String deep = "xy".repeat(1_000_000);
    assertThatThrownBy(() -> pattern.isIn(deep)).isInstanceOf(BoundedPattern.GaveUpException.class);
    assertThatThrownBy(() -> pattern.replacedIn(deep, "*"))
        .isInstanceOf(BoundedPattern.GaveUpException.class);
  }

  /// Each character may be read many times, in a text of any length.
  @Test
  void aLongTextIsSearchedToItsEnd() {
    String text = "x".repeat(12_000_000) + "needle";
    BoundedPattern pattern = new BoundedPattern("needle");
    assertThat(pattern.isIn(text)).isTrue();
    assertThat(pattern.replacedIn(text, "")).hasSize(12_000_000);
  }
}

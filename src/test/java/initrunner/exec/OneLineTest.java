package initrunner.exec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class OneLineTest {

  @Test
  void linesAreJoinedAndBlankOnesLeftOut() {
    assertThat(OneLine.of("  a b \r\n\n \t\nc\rd")).isEqualTo("a b; c; d");
    assertThat(OneLine.of("")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "\n", "\r\n\n", "\r", "\n\r\n", " \n", "\t x", "a\n\r\n"})
  void whatAHostRepeatsTakesNoLongerForItsOrder(String part) {
    String text = "x" + part.repeat(300_000) + "y";

    assertThat(OneLine.of(text)).startsWith("x").endsWith("y");
  }
}

package initrunner.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SaidTextTest {

  @ParameterizedTest
  @ValueSource(strings = {" ", "\n", "\r\n\n", "\r", "\n\r\n", " \n", "\t x", "a\n\r\n"})
  @Tag("slow")
  void whatAHostRepeatsTakesNoLongerForItsOrder(String part) {
    assertThat(SafeText.said("x" + part.repeat(300_000) + "y")).startsWith("x");
  }
}

package initrunner.audit;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class VisibleTextTest {

  @Test
  void spacesAndSignsStayAndTheRestIsEscaped() {
    assertThat(VisibleText.oneLine("a=1 \"b\"\n\u001B[31mred\u202E"))
        .isEqualTo("a=1 \"b\"\\x0A\\x1B[31mred\\u202E");
  }

  @Property
  void theResultIsOneLineWithoutControlCharacters(@ForAll String text) {
    assertThat(VisibleText.oneLine(text).codePoints())
        .noneMatch(Character::isISOControl)
        .noneMatch(character -> Character.getType(character) == Character.FORMAT)
        .noneMatch(character -> Character.isWhitespace(character) && character != ' ');
  }
}

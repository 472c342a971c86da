package initrunner.cli.ask;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TypedLineTest {

  private final TypedLine line = new TypedLine();

  private TypedLine.Change type(String keys) {
    TypedLine.Change last = TypedLine.Change.NONE;
    for (byte key : keys.getBytes(UTF_8)) {
      last = line.take(key);
    }
    return last;
  }

  private String text() {
    return new String(line.text(), UTF_8);
  }

  @Test
  void returnEntersTheLine() {
    assertThat(type("a wörd €\r")).isEqualTo(TypedLine.Change.ENTERED);
    assertThat(text()).isEqualTo("a wörd €");
    assertThat(line.characters()).isEqualTo(8);
  }

  @Test
  void aKeyRemovesAWholeCharacter() {
    assertThat(type("aö€\u007f")).isEqualTo(TypedLine.Change.REMOVED);
    assertThat(text()).isEqualTo("aö");
    type("\b\b");
    assertThat(text()).isEmpty();
    assertThat(type("\b")).isEqualTo(TypedLine.Change.NONE);
  }

  @Test
  void ctrlUClears() {
    assertThat(type("wrong\u0015")).isEqualTo(TypedLine.Change.CLEARED);
    type("right");
    assertThat(text()).isEqualTo("right");
  }

  @Test
  void ctrlDEndsAnEmptyLineOnly() {
    assertThat(type("a\u0004")).isEqualTo(TypedLine.Change.NONE);
    assertThat(type("\b\u0004")).isEqualTo(TypedLine.Change.ENDED);
  }

  @Test
  void ctrlCAndCtrlZAreNoPartOfTheLine() {
    assertThat(type("a\u0003")).isEqualTo(TypedLine.Change.INTERRUPTED);
    assertThat(type("b\u001a")).isEqualTo(TypedLine.Change.SUSPENDED);
    assertThat(text()).isEqualTo("ab");
  }

  /// An arrow, a function key, and the marks around a pasted text.
  @Test
  void keysThatAreNoCharactersAddNone() {
    type("a\u001b[Ab\u001bOPc\u001b[1;5Cd\u001b[200~pasted\u001b[201~\u0001");
    assertThat(text()).isEqualTo("abcdpasted");
  }

  @Test
  void aLongLineKeepsItsBeginning() {
    type("x".repeat(TypedLine.MOST_BYTES));
    assertThat(type("y")).isEqualTo(TypedLine.Change.NONE);
    assertThat(text()).isEqualTo("x".repeat(TypedLine.MOST_BYTES));
  }

  @Test
  void nothingIsLeftBehind() {
    type("secret");
    line.close();
    assertThat(text()).isEmpty();
  }
}

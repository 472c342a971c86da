package initrunner.tool.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TypedKeysTest {

  private static String sent(String text, String keys, boolean application, boolean bracketed) {
    List<String> unknown = new ArrayList<>();
    List<Key> pressed = Key.all(keys, unknown);
    assertThat(unknown).isEmpty();
    return new TypedKeys(text, pressed, true).sent(application, bracketed).replace("\u001b", "ESC");
  }

  @ParameterizedTest
  @CsvSource({
    "Enter,'\r'",
    "up Down,ESC[AESC[B",
    "F1 F12,ESCOPESC[24~",
    "Ctrl-C c-d C-[,'\u0003\u0004ESC'",
    "Alt-x M-Enter,'ESCxESC\r'",
    "Shift-Tab,ESC[Z",
    "y,y"
  })
  void keysSendWhatAnXtermSends(String keys, String sent) {
    assertThat(sent("", keys, false, false)).isEqualTo(sent);
  }

  @Test
  void arrowKeysAreThoseThatTheProgramWants() {
    assertThat(sent("", "Up Home", true, false)).isEqualTo("ESCOAESCOH");
  }

  @Test
  void severalLinesArePastedAndTheLastLineEndIsTyped() {
    assertThat(sent("a\nb\n", "", false, true)).isEqualTo("ESC[200~a\rbESC[201~\r");
    assertThat(sent("a\nb\n", "", false, false)).isEqualTo("a\rb\r");
    assertThat(sent("a\u001b[201~\nb", "", false, true)).isEqualTo("ESC[200~a\rbESC[201~");
  }

  @Test
  void linesThatAreNotPastedAreTypedOneByOne() {
    assertThat(new TypedKeys("a\nb\n", List.of(), false).sent(false, true)).isEqualTo("a\rb\r");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Entr", "Ctrl-", "Ctrl-Enter", "F13", "ab"})
  void whatIsNoKeyIsSaid(String name) {
    List<String> unknown = new ArrayList<>();
    assertThat(Key.all("Enter " + name, unknown)).hasSize(1);
    assertThat(unknown).containsExactly(name);
  }

  @Test
  void aNameWithoutAnEndIsNoKey() {
    List<String> unknown = new ArrayList<>();
    assertThat(Key.all("m-".repeat(30_000) + "x", unknown)).isEmpty();
    assertThat(unknown).hasSize(1);
  }
}

package initrunner.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TerminalScreenTest {

  private final TerminalScreen screen = new TerminalScreen(20, 4);

  private String write(String text) {
    return screen.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void linesAndTheCursorAreThoseOfATerminal() {
    write("one\r\ntwo\u001b[1;10Hthere");

    assertThat(screen.shown().lines()).containsExactly("one      there", "two");
    assertThat(screen.shown().cursorColumn()).isEqualTo(14);
    assertThat(screen.shown().cursorRow()).isZero();
    assertThat(screen.shown().beforeCursor()).isEqualTo("one      there");
  }

  @Test
  void charactersAndSequencesInPiecesAreWhole() {
    byte[] bytes = "\u001b[31mé\u001b[0m漢字\u001b]0;title\u0007.".getBytes(StandardCharsets.UTF_8);
    for (byte each : bytes) {
      screen.write(ByteBuffer.wrap(new byte[] {each}));
    }

    assertThat(screen.shown().lines()).containsExactly("é漢字.");
  }

  @Test
  void eachQuestionOfAProgramGetsItsAnswer() {
    assertThat(write("ab\u001b[6n\r\n\u001b[6n")).isEqualTo("\u001b[1;3R\u001b[2;1R");
  }

  @Test
  void linesThatLeaveTheScreenAreKeptOnce() {
    write("1\r\n2\r\n3\r\n4\r\n5\r\n6");

    assertThat(screen.takeScrolledOff())
        .isEqualTo(new TerminalScreen.ScrolledOff(List.of("1", "2"), 2));
    assertThat(screen.takeScrolledOff().lines()).isEmpty();
    assertThat(screen.shown().lines()).containsExactly("3", "4", "5", "6");
  }

  @Test
  void ofVeryManyLinesTheLastAreKept() {
    IntStream.rangeClosed(1, 10_000).forEach(i -> write(i + "\r\n"));

    TerminalScreen.ScrolledOff off = screen.takeScrolledOff();
    assertThat(off.count()).isEqualTo(9_997);
    assertThat(off.lines()).hasSize(TerminalScreen.MOST_LINES).endsWith("9997");
  }

  @Test
  void theOtherScreenLeavesTheUsualOneAsItWas() {
    write("usual\u001b[?1047h\u001b[2J\u001b[Hother\u001b[?1047l");

    assertThat(screen.shown().lines()).containsExactly("usual");
  }

  @Test
  void whatIsReversedIsHighlighted() {
    write("a \u001b[7m chosen \u001b[0m b");

    assertThat(screen.shown().highlighted()).containsExactly("chosen");
  }

  @Test
  void theKeysThatAProgramWantsAreKnown() {
    write("\u001b[?1h\u001b[?2004h");
    assertThat(screen.hasApplicationKeys()).isTrue();
    assertThat(screen.isPasteBracketed()).isTrue();

    write("\u001b[?1l\u001b[?2004l");
    assertThat(screen.hasApplicationKeys()).isFalse();
    assertThat(screen.isPasteBracketed()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u001b[?1u",
        "\u001b[>1u",
        "\u001b[<u",
        "\u001b]52;c;YQ==\u001b\\",
        "\u001bPq#0;2\u001b\\",
        "\u001b_x\u001b\\",
        "\u001b[31\u0018"
      })
  void whatIsForTheTerminalItselfIsNotShown(String sequence) {
    write("\u001b[2;3H" + sequence + "x");

    assertThat(screen.shown().lines()).containsExactly("", "  x");
  }

  @Test
  void anEscapeEndsAStringThatHasNoEnd() {
    write("\u001b]0;title\u001b[2;2Hx");

    assertThat(screen.shown().lines()).containsExactly("", " x");
  }

  /// The bytes are those of sequences more often than chance would have it.
  @Property(tries = 300)
  void noBytesBreakIt(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] parts =
        "\u001b[]?;0123456789hlmHJKABCDfrsuxPqc\r\n\t\b\u009b".getBytes(StandardCharsets.UTF_8);
    byte[] bytes = new byte[2000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] =
          random.nextInt(8) == 0 ? (byte) random.nextInt() : parts[random.nextInt(parts.length)];
    }

    screen.write(ByteBuffer.wrap(bytes));

    // The end of a sequence or a string that is open, and a terminal as it was at the beginning.
    write("\u0018\u001bcx");
    assertThat(screen.shown().lines()).containsExactly("x");
  }
}

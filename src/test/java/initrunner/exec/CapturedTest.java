package initrunner.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CapturedTest {

  /// The most bytes that a cut drops at one end, so that it splits no character.
  private static final int MOST_BYTES_OF_A_PART = 3;

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of("a", "\n", "é", "€", "😀")
        .list()
        .ofMaxSize(60)
        .map(characters -> String.join("", characters));
  }

  private static Captured captured(int cap, byte[] bytes, int chunk) {
    Captured captured = new Captured(cap);
    for (int at = 0; at < bytes.length; at += chunk) {
      captured.stdout(
          ByteBuffer.wrap(bytes, at, Math.min(chunk, bytes.length - at)).asReadOnlyBuffer());
    }
    return captured;
  }

  @Property
  void bothEndsAreKeptInWholeCharactersAndTheRestIsCounted(
      @ForAll("texts") String text,
      @ForAll @IntRange(min = 2, max = 70) int cap,
      @ForAll @IntRange(min = 1, max = 90) int chunk) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

    Captured captured = captured(cap, bytes, chunk);

    Excerpt excerpt = captured.stdoutExcerpt();
    assertThat(captured.stdoutBytes()).isEqualTo(bytes.length);
    assertThat(excerpt.isCut()).isEqualTo(bytes.length > cap);
    assertThat(excerpt.keptBytes() + excerpt.omittedBytes()).isEqualTo(bytes.length);
    assertThat(text).startsWith(excerpt.head()).endsWith(excerpt.tail());
    int headBytes = excerpt.head().getBytes(StandardCharsets.UTF_8).length;
    if (excerpt.isCut()) {
      assertThat(headBytes).isBetween(cap / 2 - MOST_BYTES_OF_A_PART, cap / 2);
      assertThat(excerpt.keptBytes() - headBytes)
          .isBetween(cap - cap / 2 - MOST_BYTES_OF_A_PART, cap - cap / 2);
    } else {
      assertThat(excerpt).isEqualTo(new Excerpt(text, 0, ""));
    }
  }

  @Property
  void anAsciiTextIsKeptToTheLastByteOfTheCap(
      @ForAll @IntRange(max = 300) int length,
      @ForAll @IntRange(min = 2, max = 70) int cap,
      @ForAll @IntRange(min = 1, max = 90) int chunk) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) ('!' + i % 90));
    }
    int kept = Math.min(cap, length);
    int head = length > cap ? cap / 2 : length;
    assertThat(
            captured(cap, text.toString().getBytes(StandardCharsets.UTF_8), chunk).stdoutExcerpt())
        .isEqualTo(
            new Excerpt(
                text.substring(0, head), length - kept, text.substring(length - kept + head)));
  }

  /// Bytes that are not UTF-8 hold no whole characters to wait for.
  @Test
  void bytesThatAreNoTextAreReplacedAndCounted() {
    for (int bad : List.of(0x80, 0xBF, 0xC0, 0xDF, 0xE0, 0xEF, 0xF0, 0xF7, 0xF8, 0xFF)) {
      byte[] bytes = new byte[100];
      Arrays.fill(bytes, (byte) bad);
      Excerpt excerpt = captured(20, bytes, 7).stdoutExcerpt();
      assertThat(excerpt.head() + excerpt.tail()).as("0x%02X", bad).matches("\uFFFD+");
      int kept = excerpt.head().length() + excerpt.tail().length();
      assertThat(excerpt.omittedBytes()).as("0x%02X", bad).isEqualTo(100 - kept);
      assertThat(kept).as("0x%02X", bad).isBetween(20 - 2 * MOST_BYTES_OF_A_PART, 20);
    }
  }

  @Test
  void theMiddleThatIsMissingIsSaidOnALineOfItsOwn() {
    Captured captured = captured(4, "abcdefgh".getBytes(StandardCharsets.UTF_8), 8);
    assertThat(captured.stdoutText()).isEqualTo("ab\n[… 4 B omitted …]\ngh");
  }

  @Test
  void eachStreamIsKeptByItself() {
    Captured captured = new Captured(4);
    captured.stdout(ByteBuffer.wrap("out".getBytes(StandardCharsets.UTF_8)));
    captured.stderr(ByteBuffer.wrap("error".getBytes(StandardCharsets.UTF_8)));
    assertThat(captured.stdoutText()).isEqualTo("out");
    assertThat(captured.stdoutBytes()).isEqualTo(3);
    assertThat(captured.stderrExcerpt()).isEqualTo(new Excerpt("er", 1, "or"));
    assertThat(captured.stderrText()).isEqualTo("er\n[… 1 B omitted …]\nor");
    assertThat(captured.stderrBytes()).isEqualTo(5);
  }

  @Test
  void aCapThatHasNoRoomForTwoEndsIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Captured(1));
    assertThat(captured(2, new byte[] {'a', 'b', 'c'}, 1).stdoutExcerpt())
        .isEqualTo(new Excerpt("a", 1, "c"));
  }
}

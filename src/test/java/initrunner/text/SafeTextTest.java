package initrunner.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTextTest {

  private static IntStream all() {
    return IntStream.rangeClosed(0, Character.MAX_CODE_POINT);
  }

  /// The properties Default_Ignorable_Code_Point and Bidi_Control as the standard lists them, the
  /// categories Cc, Zl, Zp and Cs, and letters that fonts draw as nothing.
  private static boolean mustNotBeSeen(int c) {
    return switch (Character.getType(c)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.SURROGATE,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR ->
              true;
          default -> false;
        }
        || c == 0x00AD
        || c == 0x034F
        || c == 0x061C
        || (c >= 0x115F && c <= 0x1160)
        || (c >= 0x17B4 && c <= 0x17B5)
        || (c >= 0x180B && c <= 0x180F)
        || (c >= 0x200B && c <= 0x200F)
        || (c >= 0x202A && c <= 0x202E)
        || (c >= 0x2060 && c <= 0x206F)
        || c == 0x2800
        || c == 0x3164
        || (c >= 0xFE00 && c <= 0xFE0F)
        || c == 0xFEFF
        || c == 0xFFA0
        || (c >= 0xFFF0 && c <= 0xFFFB)
        || (c >= 0x1BCA0 && c <= 0x1BCA3)
        || (c >= 0x1D173 && c <= 0x1D17A)
        || (c >= 0xE0000 && c <= 0xE0FFF);
  }

  /// Checks all characters of Unicode, each between two letters that match no exception.
  private static void holdsFor(UnaryOperator<String> form, String allowed) {
    assertThat(
            all()
                .filter(SafeTextTest::mustNotBeSeen)
                .filter(c -> allowed.indexOf(c) < 0)
                .filter(c -> form.apply("a" + Character.toString(c) + "b").indexOf(c) >= 0))
        .isEmpty();
  }

  @Test
  void oneLineShowsNoCharacterThatATerminalObeysOrThatIsInvisible() {
    holdsFor(SafeText::oneLine, "");
  }

  @Test
  void exactTextShowsNoCharacterThatATerminalObeysOrThatIsInvisible() {
    holdsFor(SafeText::exact, "");
  }

  @Test
  void escapedTextShowsNoCharacterThatATerminalObeysOrThatIsInvisible() {
    holdsFor(SafeText::escaped, "");
  }

  @Test
  void linesKeepTheirEndsAndTabs() {
    holdsFor(SafeText::lines, "\n\t");
    assertThat(SafeText.lines("a\tb\r\nc\n\rd")).isEqualTo("a\tb\nc\n\\x0Dd");
  }

  @Test
  void allOfThemInARowAreEscapesToo() {
    String all =
        all()
            .filter(SafeTextTest::mustNotBeSeen)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    assertThat(SafeText.oneLine(all).codePoints()).noneMatch(SafeTextTest::mustNotBeSeen);
    assertThat(SafeText.oneLine(new StringBuilder(all).reverse().toString()).codePoints())
        .noneMatch(SafeTextTest::mustNotBeSeen);
  }

  @Test
  void spacesAndSignsStayAndTheRestIsEscaped() {
    assertThat(SafeText.exact("a=1 \"b\"\n\u001B[31mred\u202E"))
        .isEqualTo("a=1 \"b\"\\x0A\\x1B[31mred\\u202E");
    assertThat(SafeText.oneLine("\u007f\u009b \udb40\udc41"))
        .isEqualTo("\\u007F\\u009B \\uDB40\\uDC41");
  }

  @Test
  void whatAPersonAgreesToHidesNoMarkAndNoBlank() {
    assertThat(SafeText.exact("e\u0301\u00a0\u3000\u200d"))
        .isEqualTo("e\\u0301\\u00A0\\u3000\\u200D");
    assertThat(SafeText.exact("\u00fc \u4f60\n")).isEqualTo("\u00fc \u4f60\\x0A");
  }

  @Test
  void aJsonStringCanBeHadBack() {
    assertThat(SafeText.quoted("a\"\\\n\t\u001b\u202e\ud83d"))
        .isEqualTo("\"a\\\"\\\\\\n\\t\\u001b\\u202e\\ud83d\"");
    assertThat(SafeText.quoted("abc", 2)).isEqualTo("\"ab…\"");
    assertThat(SafeText.cut("\ud83d\ude00\ud83d\ude00", 1)).isEqualTo("\ud83d\ude00…");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain text, \"signs\" {} \\ and \u00fcml\u00e4uts",
        "\u041f\u0440\u0438\u0432\u0435\u0442, \u4f60\u597d, \uc548\ub155",
        "\u05e9\u05b8\u05dc\u05d5\u05b9\u05dd \u0645\u0631\u062d\u0628\u0627",
        "cafe\u0301 e\u0302\u0323 \u0301",
        "\u00ab\u00a0texte\u202f\u00bb",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", // Persian, ZWNJ
        "\u0915\u094d\u200d\u0937 \u0915\u094d\u200c\u0937", // Devanagari, ZWJ and ZWNJ
        "\u0d9a\u0dca\u200d\u0dbb", // Sinhala, ZWJ
        "\u1797\u17b6\u179f\u17b6\u200b\u1781\u17d2\u1798\u17c2\u179a", // Khmer, ZWSP
        "\ud83d\udc69\u200d\ud83d\udcbb", // woman, ZWJ, laptop
        "\ud83e\uddd1\ud83c\udffd\u200d\ud83d\ude80", // astronaut with a skin tone
        "\u2764\ufe0f\u200d\ud83d\udd25 \u26a0\ufe0f \u2705", // heart on fire, warning
        "1\ufe0f\u20e3 #\ufe0f\u20e3", // keycaps
        "1\ufe0e\u20e3", // a keycap as text
        "\ud83c\udde9\ud83c\uddea", // a flag of two letters
        "\u845b\udb40\udd00\u57ce", // an ideographic variation
      })
  void whatOrdinaryTextNeedsStays(String text) throws IOException {
    assertThat(SafeText.oneLine(text)).isEqualTo(text);
    assertThat(SafeText.lines(text)).isEqualTo(text);
    assertThat(written(text, 1)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "'r\u200dm','r\\u200Dm'", // a joiner where nothing joins
    "'\u0645\u200c\u200c\u062e','\u0645\u200c\\u200C\u062e'", // the second of two
    "'\ud83d\udc69\u200dx','\ud83d\udc69\\u200Dx'", // half an emoji
    "'a\ufe0f','a\\uFE0F'",
    "'\u26a0\ufe0f\ufe0f','\u26a0\ufe0f\\uFE0F'",
    "'1\ufe0f','1\\uFE0F'",
    "'\u0301','\\u0301'", // a mark on nothing
    "'a\u202e\u0301b','a\\u202E\\u0301b'", // a mark on an escape
    "'\u0645\u202e\u200cx','\u0645\\u202E\\u200Cx'", // a joiner behind an escape
    "'\u0e01\u200b','\u0e01\\u200B'",
    "'\ue0b0','\\uE0B0'", // private
    "'\u0378','\\u0378'", // unassigned
  })
  void whatHasNoPlaceThereIsAnEscape(String text, String shown) throws IOException {
    assertThat(SafeText.oneLine(text)).isEqualTo(shown);
    assertThat(written(text, 1)).isEqualTo(shown);
  }

  @Test
  void moreMarksThanAnyScriptNeedsAreEscapes() {
    String marks = "\u0301".repeat(SafeText.MOST_MARKS);
    assertThat(SafeText.oneLine("a" + marks + "\u0301\u0301b\u0301"))
        .isEqualTo("a" + marks + "\\u0301\\u0301b\u0301");
  }

  @Property
  void writtenInPiecesTheTextIsTheSame(
      @ForAll String text, @ForAll @IntRange(min = 1, max = 5) int size) throws IOException {
    assertThat(written(text, size)).isEqualTo(SafeText.lines(text));
  }

  /// Made of the characters that decide about their neighbours.
  @Property
  void andSoIsTextOfCharactersThatDependOnOthers(
      @ForAll
          @Chars({
            '1', 'a', '\r', '\n', '\u200b', '\u200c', '\u200d', '\ufe0e', '\ufe0f', '\ufe00',
            '\u20e3', '\u2764', '\u0e01', '\u0645', '\u180b', '\u1820', '\u0301', '\u845b'
          })
          String text)
      throws IOException {
    assertThat(written(text, 1)).isEqualTo(SafeText.lines(text));
  }

  private static String written(String text, int size) throws IOException {
    StringWriter to = new StringWriter();
    try (SafeWriter writer = SafeWriter.ofLines(to)) {
      for (int at = 0; at < text.length(); at += size) {
        writer.write(text, at, Math.min(size, text.length() - at));
        writer.flush();
      }
    }
    return to.toString();
  }

  @Test
  void recordsKeepTheEndsOfTheirLines() throws IOException {
    StringWriter to = new StringWriter();
    try (SafeWriter writer = SafeWriter.ofRecords(to)) {
      writer.write("a\u009b,b\r");
      writer.write("\nc\rd");
    }
    assertThat(to.toString()).isEqualTo("a\\u009B,b\r\nc\\x0Dd");
  }

  @Test
  void halvesOfSurrogatePairsAreEscapesWhereverTheyStand() throws IOException {
    for (String text :
        List.of(
            "\ud83d", "\ud83dx", "\ud83d\ud83d\ude00", "\ud83d\n", "\ude00x", "a\ud83d\u0301")) {
      assertThat(written(text, 1)).isEqualTo(SafeText.lines(text));
      assertThat(SafeText.oneLine(text).codePoints()).noneMatch(SafeTextTest::mustNotBeSeen);
    }
  }

  @Test
  void whatIsWrittenIsThereAtOnceAndTheRestAtItsEnd(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("written");
    try (SafeWriter writer = SafeWriter.ofLines(Files.newBufferedWriter(file))) {
      writer.write("Go on? ");
      writer.flush();
      assertThat(file).hasContent("Go on? ");
      writer.write("y\r");
    }
    assertThat(file).hasContent("Go on? y\\x0D");
  }

  @Test
  void whatAProgramSaidIsOneLineOfItsBeginningAndItsEnd() {
    assertThat(SafeText.said("")).isEmpty();
    assertThat(SafeText.said(" a \n\n\t\r\n b\n")).isEqualTo("a; b");
    String whole = "x".repeat(600);
    assertThat(SafeText.said(whole)).isEqualTo(whole);
    assertThat(SafeText.said("a".repeat(400) + "b" + "c".repeat(200)))
        .isEqualTo("a".repeat(400) + " … " + "c".repeat(200));
    assertThat(SafeText.said("\ud83d\ude00".repeat(601)))
        .isEqualTo("\ud83d\ude00".repeat(400) + " … " + "\ud83d\ude00".repeat(200));
  }

  @Test
  void aTextIsCutBehindItsLastCharacterOnly() {
    assertThat(SafeText.cut("ab", 2)).isEqualTo("ab");
    assertThat(SafeText.cut("abc", 2)).isEqualTo("ab…");
    assertThat(SafeText.cut("a", 0)).isEqualTo("…");
  }
}

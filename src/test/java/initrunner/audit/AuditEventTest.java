package initrunner.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditEventTest {

  @Test
  void detailsAreWrittenInTheOrderGiven() {
    assertThat(
            text(
                "backend",
                "ssh",
                "host",
                "my-build-box",
                "argv0",
                "make",
                "rc",
                "2",
                "duration_ms",
                "41"))
        .isEqualTo("backend=ssh host=my-build-box argv0=make rc=2 duration_ms=41");
  }

  @Test
  void anEmptyValueKeepsItsKey() {
    assertThat(text("argv0", "", "rc", "0")).isEqualTo("argv0= rc=0");
  }

  @Test
  void aValueCannotForgeAFieldOrALine() {
    assertThat(text("argv0", "true rc=0 host=prod\n2026 sandbox.exec", "rc", "1"))
        .isEqualTo("argv0=true\\x20rc\\x3D0\\x20host\\x3Dprod\\x0A2026\\x20sandbox.exec rc=1");
  }

  @ParameterizedTest
  @CsvSource({
    "005C, \\x5C", // the escape itself
    "0022, \\x22", // a quote
    "001B, \\x1B", // ESC
    "007F, \\x7F", // DEL
    "0085, \\u0085", // next line
    "00A0, \\u00A0", // no-break space
    "3000, \\u3000", // ideographic space
    "2028, \\u2028", // line separator
    "2029, \\u2029", // paragraph separator
    "202E, \\u202E", // right-to-left override
    "2066, \\u2066", // left-to-right isolate
    "200B, \\u200B", // zero-width space
    "FEFF, \\uFEFF", // zero-width no-break space
    "0338, \\u0338", // a combining mark
    "3164, \\u3164", // a letter drawn as a blank
    "2800, \\u2800", // a symbol drawn as a blank
    "D800, \\uD800", // half a pair
    "DC00, \\uDC00", // the other half
    "E0041, \\uDB40\\uDC41", // a tag character
  })
  void whatCannotBeSeenIsEscaped(String codePoint, String escaped) {
    String value = Character.toString(Integer.parseInt(codePoint, 16));
    assertThat(text("argv0", "a" + value + "b")).isEqualTo("argv0=a" + escaped + "b");
  }

  @Test
  void visibleTextOfAnyScriptStaysReadable() {
    assertThat(text("argv0", "/opt/Größe/ツール/😀")).isEqualTo("argv0=/opt/Größe/ツール/😀");
  }

  @Test
  void aLongValueIsCutWithAMarkThatNoValueCanFake() {
    assertThat(text("argv0", "a".repeat(300))).isEqualTo("argv0=" + "a".repeat(256) + "\\...[+44]");
    assertThat(text("argv0", "a".repeat(256))).isEqualTo("argv0=" + "a".repeat(256));
    assertThat(text("argv0", "a\\...[+44]")).isEqualTo("argv0=a\\x5C...[+44]");
  }

  @Test
  void aValueIsNotCutWithinACharacter() {
    assertThat(text("argv0", "😀".repeat(257)))
        .isEqualTo("argv0=" + "😀".repeat(256) + "\\...[+1]");
  }

  @Test
  void aSecretIsRedactedEvenWhereTheValueIsCut() {
    String secret = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a";
    assertThat(text("argv0", "/".repeat(250) + secret))
        .doesNotContain("ghp_")
        .startsWith("argv0=" + "/".repeat(250) + "[REDAC\\...");
  }

  @Property
  void whatIsWrittenIsReadBack(@ForAll("detailsOfAnyText") Map<String, String> details) {
    SequencedMap<String, String> ordered = new LinkedHashMap<>(details);
    assertThat(List.copyOf(DetailsText.parse(event(ordered).detailsText()).entrySet()))
        .isEqualTo(List.copyOf(ordered.entrySet()));
  }

  @Property
  void aNaiveReaderSeesExactlyTheFieldsThereAre(
      @ForAll("detailsOfAnyText") Map<String, String> details) {
    String text = event(new LinkedHashMap<>(details)).detailsText();
    assertThat(text.lines().count()).isEqualTo(1);
    String[] fields = text.split("\\s", -1);
    assertThat(fields).hasSameSizeAs(details.keySet());
    for (String field : fields) {
      assertThat(field.split("=", -1)).hasSize(2);
      assertThat(field.split("=", -1)[0]).isIn(details.keySet());
    }
  }

  @Test
  void aTypeOrAKeyOfAnotherFormIsRefused() {
    SequencedMap<String, String> none = new LinkedHashMap<>();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AuditEvent(Instant.EPOCH, "sandbox exec", "agent", none));
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new AuditEvent(
                Instant.EPOCH, "sandbox.exec", "agent", new LinkedHashMap<>(Map.of("a b", ""))));
  }

  /// Keys as they may be; values of every UTF-16 unit, half pairs too, short enough not to be cut
  /// and too short for the shape of a secret.
  @Provide
  Arbitrary<Map<String, String>> detailsOfAnyText() {
    Arbitrary<String> keys =
        Arbitraries.strings().withChars("abc_09").ofMinLength(1).ofMaxLength(6);
    Arbitrary<String> anything = Arbitraries.strings().all().ofMaxLength(18);
    Arbitrary<String> hostile =
        Arbitraries.strings().withChars(" =\\\"\n\t\rxu0A\u2028\u202E").ofMaxLength(18);
    return Arbitraries.maps(keys, Arbitraries.oneOf(anything, hostile)).ofMinSize(1).ofMaxSize(6);
  }

  private static String text(String... keysAndValues) {
    SequencedMap<String, String> details = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      details.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return event(details).detailsText();
  }

  private static AuditEvent event(SequencedMap<String, String> details) {
    return new AuditEvent(Instant.EPOCH, "sandbox.exec", "agent", details);
  }
}

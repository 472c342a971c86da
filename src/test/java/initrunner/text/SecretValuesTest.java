package initrunner.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretValuesTest {

  @Test
  void aValueGoesInEveryForm() {
    assertThat(redacted("hunter2-hunter2\n", "it is hunter2-hunter2."))
        .isEqualTo("it is [REDACTED].");
    assertThat(redacted("first line\nsecond line\nx\n", "second line\nx"))
        .isEqualTo("[REDACTED]\nx");
    assertThat(redacted("a\"b\\c'd\n", "{\"k\": \"a\\\"b\\\\c'd\\n\"}"))
        .isEqualTo("{\"k\": \"[REDACTED]\"}");
    assertThat(redacted("a\"b\\c'd", "'a\"b\\\\c\\'d'")).isEqualTo("'[REDACTED]'");
  }

  @Test
  void theLongestOfSeveralValuesGoesFirst() {
    for (List<String> values :
        List.of(List.of("hunter2", "hunter2-long"), List.of("hunter2-long", "hunter2"))) {
      assertThat(new SecretValues(values).redacted("hunter2-long, hunter2"))
          .isEqualTo("[REDACTED], [REDACTED]");
    }
  }

  @Test
  void whatIsLeftOfAValueAtACutGoes() {
    String value = "0123456789abcdef";

    assertThat(redacted(value, "[… 5 B omitted …]\ncdef, 0123\n[… 5 B omitted …]"))
        .isEqualTo("[… 5 B omitted …]\n[REDACTED], [REDACTED]\n[… 5 B omitted …]");
    assertThat(redacted(value, "012\n[… 5 B omitted …]\ndef"))
        .isEqualTo("012\n[… 5 B omitted …]\ndef");

    assertThat(redacted(value, "STDOUT:\nx01234567\n[… 5 B omitted …]\n9abcdef\ny"))
        .isEqualTo("STDOUT:\nx[REDACTED]\n[… 5 B omitted …]\n[REDACTED]\ny");
    assertThat(redacted(value, "x01234567\n[truncated of 9 bytes: more]"))
        .isEqualTo("x[REDACTED]\n[truncated of 9 bytes: more]");
    assertThat(redacted(value, "x\n[… 5 B omitted …]\ny")).isEqualTo("x\n[… 5 B omitted …]\ny");
  }

  @ParameterizedTest
  @Timeout(60)
  @ValueSource(
      strings = {
        "[… ",
        "[truncated",
        "[… omitted …]",
        "[truncated]",
        "\n",
        "[",
        "[… \n",
        "x",
        "hunter"
      })
  @Tag("slow")
  void noTextTakesLongForWhatIsRepeatedInIt(String part) {
    SecretValues secrets =
        new SecretValues(List.of("hunter2".repeat(300), "x".repeat(1500), "abcd"));
    String text = part.repeat(100_000 / part.length());

    assertThat(secrets.redacted(text)).isNotEmpty();
    assertThat(secrets.redactedBeginning(text).length()).isLessThanOrEqualTo(text.length());
  }

  @Test
  void whatIsTooShortToBeToldFromOrdinaryTextStays() {
    assertThat(redacted("abc", "abc")).isEqualTo("abc");
    assertThat(redacted("abcd", "abcd")).isEqualTo("[REDACTED]");
    assertThat(redacted("x\n12345678\n1234567\n", "12345678, 1234567"))
        .isEqualTo("[REDACTED], 1234567");
    assertThat(redacted("long enough\nshort\n", "short")).isEqualTo("short");
  }

  @Test
  void theBeginningOfATextHoldsNoPartOfASecretThatGoesOnBehindIt() {
    String value = "0123456789abcdef";
    SecretValues secrets = new SecretValues(List.of(value, "yy" + value.substring(0, 8)));
    String text = "x".repeat(300) + "yy" + value + "y".repeat(300);

    for (int end = 1; end <= text.length(); end++) {
      assertThat("x".repeat(300) + "yy[REDACTED]" + "y".repeat(300))
          .startsWith(secrets.redactedBeginning(text.substring(0, end)));
    }
  }

  @Test
  void theBeginningOfATextIsAllOfItButWhatASecretMayReachInto() {
    String value = "0123456789abcdef";
    SecretValues secrets = new SecretValues(List.of(value));
    assertThat(secrets.lookahead()).isEqualTo(128);
    assertThat(new SecretValues(List.of("x".repeat(200))).lookahead()).isEqualTo(200);
    for (int before : List.of(0, 50)) {
      String text = "x".repeat(before) + value + "y".repeat(50) + "z".repeat(128);
      for (int place = 0; place <= text.length() - 128; place++) {
        boolean isInside = before < place && place < before + value.length();
        assertThat(secrets.redactedBeginning(text.substring(0, place + 128)))
            .isEqualTo(secrets.redacted(text.substring(0, isInside ? before : place)));
      }
    }
  }

  @Test
  void theBeginningOfATextHoldsNoPartOfATokenOfAKnownForm() {
    SecretValues secrets = new SecretValues(List.of());
    for (String token :
        List.of(
            "ghp_" + "a1".repeat(200),
            "AKIA" + "A1".repeat(8),
            "SG." + "a".repeat(64) + "." + "b".repeat(80),
            "MTIzNDU2Nzg5MDEyMzQ1Njc4OT" + ".abcdef." + "c".repeat(60))) {
      String text = "x ".repeat(200) + token + " x".repeat(200);
      for (int end = 1; end <= text.length(); end++) {
        assertThat("x ".repeat(200) + "[REDACTED]" + " x".repeat(200))
            .startsWith(secrets.redactedBeginning(text.substring(0, end)));
      }
    }
  }

  @Test
  void aTextThatComesInPiecesIsRedactedAsTheWholeIs() {
    SecretValues secrets =
        new SecretValues(
            List.of("hunter2 with blanks", "short1", "first long line\nsecond long line", "Bear"));
    for (String secret :
        List.of(
            "hunter2 with blanks",
            "short1",
            "first long line\nsecond long line",
            "Bearer   " + "a1".repeat(30),
            "ghp_" + "a1".repeat(30),
            "SG." + "a".repeat(30) + "." + "b".repeat(30),
            "hunter2 with short1",
            "no secret, hunter2 with nothing")) {
      String text = "Look: " + secret + ", " + secret + ".\nThat is all";
      for (int piece = 1; piece < 20; piece++) {
        assertThat(shownInPieces(secrets, text, piece))
            .as(secret + " " + piece)
            .isEqualTo(secrets.redacted(text));
      }
    }
  }

  @Test
  void ofATextThatComesInPiecesNoMoreIsHeldBackThanWhatMayBeASecret() {
    SecretValues secrets = new SecretValues(List.of("hunter2 with blanks"));

    assertThat(secrets.settled("a word, hunter2 with ")).isEqualTo("a word, ".length());
    assertThat(secrets.settled("a word, hunter2 without ")).isEqualTo(24);
    assertThat(secrets.settled("Wörter, äö")).isEqualTo(10);
    assertThat(secrets.settled("Bearer ")).isZero();
  }

  private static String shownInPieces(SecretValues secrets, String text, int piece) {
    StringBuilder shown = new StringBuilder();
    StringBuilder held = new StringBuilder();
    for (int at = 0; at < text.length(); at += piece) {
      held.append(text, at, Math.min(text.length(), at + piece));
      int settled = secrets.settled(held.toString());
      shown.append(secrets.redacted(held.substring(0, settled)));
      held.delete(0, settled);
    }
    return shown.append(secrets.redacted(held.toString())).toString();
  }

  private static String redacted(String value, String text) {
    return new SecretValues(List.of(value)).redacted(text);
  }
}

package initrunner.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

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
  void whatIsLeftOfAValueAtACutGoes() {
    String value = "0123456789abcdef";

    assertThat(redacted(value, "STDOUT:\nx01234567\n[… 5 B omitted …]\n9abcdef\ny"))
        .isEqualTo("STDOUT:\nx[REDACTED]\n[… 5 B omitted …]\n[REDACTED]\ny");
    assertThat(redacted(value, "x01234567\n[truncated of 9 bytes: more]"))
        .isEqualTo("x[REDACTED]\n[truncated of 9 bytes: more]");
    assertThat(redacted(value, "x\n[… 5 B omitted …]\ny")).isEqualTo("x\n[… 5 B omitted …]\ny");
  }

  @Test
  void whatIsTooShortToBeToldFromOrdinaryTextStays() {
    assertThat(redacted("abc", "abc")).isEqualTo("abc");
    assertThat(redacted("long enough\nshort\n", "short")).isEqualTo("short");
  }

  private static String redacted(String value, String text) {
    return new SecretValues(List.of(value)).redacted(text);
  }
}

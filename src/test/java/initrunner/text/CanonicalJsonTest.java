package initrunner.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CanonicalJsonTest {

  @Test
  void keysAreInOrderAndNothingIsLeftOut() {
    Map<String, Optional<Object>> fields =
        Map.of(
            "b",
            Optional.of("text"),
            "a",
            Optional.of(12L),
            "d",
            Optional.of(true),
            "c",
            Optional.empty());
    assertThat(CanonicalJson.of(new TreeMap<>(fields)))
        .isEqualTo("{\"a\":12,\"b\":\"text\",\"c\":null,\"d\":true}");
  }

  @Test
  void itIsAsciiWithTheShortEscapes() {
    Map<String, Optional<Object>> fields =
        Map.of("k", Optional.of("\"\\\n\r\t\b\f/\u0001\u007Fä\uD83D\uDE00"));
    assertThat(CanonicalJson.of(new TreeMap<>(fields)))
        .isEqualTo("{\"k\":\"\\\"\\\\\\n\\r\\t\\b\\f/\\u0001\\u007f\\u00e4\\ud83d\\ude00\"}");
  }

  @Test
  void everyVisibleCharacterOfAsciiButTheTwoThatJsonEscapesStandsForItself() {
    StringBuilder visible = new StringBuilder();
    for (char each = ' '; each <= '~'; each++) {
      if (each != '"' && each != '\\') {
        visible.append(each);
      }
    }
    StringBuilder json = new StringBuilder();
    CanonicalJson.quote(json, visible.toString());
    assertThat(json).hasToString("\"" + visible + "\"");
  }
}

package initrunner.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EscapableKeysTest {

  @ParameterizedTest
  @CsvSource({
    "abc, abc, 0",
    "~.x, '', 1",
    "~~.x, ~.x, 0",
    "~x, ~x, 0",
    "a~.b, a~.b, 0",
    "ab|~.x, ab|, 1",
    "ab|~~|~.x, ab|~|, 1",
    "|~, |, 0",
  })
  void aTildeAndAPointAtTheBeginningOfALineEndIt(String typed, String taken, int escapes)
      throws IOException {
    byte[] bytes = typed.replace('|', '\r').getBytes(StandardCharsets.UTF_8);
    byte[] expected = taken.replace('|', '\r').getBytes(StandardCharsets.UTF_8);

    AtomicInteger escaped = new AtomicInteger();
    InputStream whole =
        new EscapableKeys(new ByteArrayInputStream(bytes), escaped::incrementAndGet);
    assertThat(whole.readAllBytes()).isEqualTo(expected);
    assertThat(escaped).hasValue(escapes);

    InputStream keyByKey = new EscapableKeys(oneByOne(bytes), escaped::incrementAndGet);
    assertThat(keyByKey.readAllBytes()).isEqualTo(expected);
    assertThat(escaped).hasValue(2 * escapes);
  }

  private static InputStream oneByOne(byte[] bytes) {
    List<InputStream> keys =
        new String(bytes, StandardCharsets.ISO_8859_1)
            .chars()
            .<InputStream>mapToObj(key -> new ByteArrayInputStream(new byte[] {(byte) key}))
            .toList();
    return new SequenceInputStream(Collections.enumeration(keys));
  }
}

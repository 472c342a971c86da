package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.text.SecretValues;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchedSinkTest {

  private static final String SECRET = "correct-horse-battery-staple";

  private final List<String> lines = new ArrayList<>();

  @Test
  void noPlaceInALongLineShowsAPartOfASecret() {
    for (int before = 8 * 1024 - 100; before < 8 * 1024 + 600; before++) {
      assertThat(seen(".".repeat(before) + SECRET + ".".repeat(9000) + SECRET + "\n"))
          .as("%d characters before the secret", before)
          .hasSize(1)
          .allMatch(line -> line.matches("\\.+(\\[REDACTED])?\\.*…"));
    }
  }

  @Test
  void theLinesBehindALongOneAreSeen() {
    assertThat(seen("é".repeat(20_000) + "\nnext " + SECRET + "\r\nlast"))
        .hasSize(3)
        .satisfies(all -> assertThat(all.getFirst()).matches("é{4096,}…"))
        .endsWith("next [REDACTED]", "last");
  }

  @Test
  void theStreamsHaveLinesOfTheirOwn() {
    WatchedSink sink =
        new WatchedSink(new Captured(100), new SecretValues(List.of(SECRET)), lines::add);
    sink.stdout(StandardCharsets.UTF_8.encode("out"));
    sink.stderr(StandardCharsets.UTF_8.encode("error\n"));
    sink.stdout(StandardCharsets.UTF_8.encode("put\n"));
    sink.stderr(StandardCharsets.UTF_8.encode("end"));
    sink.finish();
    assertThat(lines).containsExactly("error", "output", "end");
  }

  private List<String> seen(String output) {
    lines.clear();
    Captured whole = new Captured(100_000);
    WatchedSink sink = new WatchedSink(whole, new SecretValues(List.of(SECRET)), lines::add);
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(output);
    while (bytes.hasRemaining()) {
      int length = Math.min(777, bytes.remaining());
      sink.stdout(bytes.slice(bytes.position(), length));
      bytes.position(bytes.position() + length);
    }
    sink.finish();
    assertThat(whole.stdoutText()).isEqualTo(output);
    return lines;
  }
}

package initrunner.runtime.output;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Sink;
import initrunner.text.SecretValues;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class WatchedSinkTest {

  private static final String SECRET = "correct-horse-battery-staple";

  private static final String TOKEN = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a";
  private static final SecretValues SECRETS =
      new SecretValues(List.of(SECRET, "two lines of\na secret", "gehéim-é€😀"));

  private static final List<String> PIECES =
      List.of(
          SECRET,
          SECRET.substring(0, 9),
          SECRET.substring(9),
          TOKEN,
          TOKEN.substring(0, 12),
          TOKEN.substring(12),
          "two lines of\na secret",
          "gehéim-é€😀",
          "Bearer ",
          "\n",
          "\r\n",
          "\r",
          "\n\n",
          " ",
          "é€😀",
          "\u0000\u001b[2J\u0007\u009b\u202e\ufeff",
          "[… 5 B omitted …]",
          "a\n".repeat(600),
          "x".repeat(700),
          "y".repeat(8_300),
          "é".repeat(4_200));

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
    WatchedSink sink = new WatchedSink(new Captured(100), SECRETS, this::see);
    sink.stdout(StandardCharsets.UTF_8.encode("out"));
    sink.stderr(StandardCharsets.UTF_8.encode("error\n"));
    sink.stdout(StandardCharsets.UTF_8.encode("put\n"));
    sink.stderr(StandardCharsets.UTF_8.encode("end"));
    sink.finish();
    assertThat(lines).containsExactly("error", "output", "end");
  }

  @Property(tries = 100)
  void theLinesAreTheSameInWhateverChunksTheyComeAndWheneverTheyAreRead(
      @ForAll("outputs") String output, @ForAll long seed) {
    byte[] bytes = output.getBytes(StandardCharsets.UTF_8);
    Random random = new Random(seed);
    List<OutputLine> kept = new ArrayList<>();
    List<String> readAtOnce = new ArrayList<>();
    WatchedSink sink =
        new WatchedSink(
            Sink.DISCARD,
            SECRETS,
            more -> {
              kept.addAll(more);
              more.forEach(line -> readAtOnce.add(line.text()));
            });
    byte[] chunk = new byte[10_000];
    for (int at = 0; at < bytes.length; ) {
      int most = random.nextBoolean() ? 5 : chunk.length;
      int length = Math.min(bytes.length - at, 1 + random.nextInt(most));
      // The transports reuse their buffers.
      System.arraycopy(bytes, at, chunk, 0, length);
      ByteBuffer more = ByteBuffer.wrap(chunk, 0, length);
      sink.stdout(random.nextBoolean() ? more : direct(more));
      at += length;
    }
    sink.finish();
    assertThat(readAtOnce).isEqualTo(oneByOne(output));
    assertThat(kept).extracting(OutputLine::text).isEqualTo(readAtOnce);
  }

  private static ByteBuffer direct(ByteBuffer bytes) {
    return ByteBuffer.allocateDirect(bytes.remaining()).put(bytes).flip();
  }

  /// The plainest way: one line at a time.
  private static List<String> oneByOne(String output) {
    int most = 8 * 1024 + 3 * SECRETS.lookahead();
    return Stream.of(output.split("[\r\n]+"))
        .filter(line -> !line.isEmpty())
        .map(line -> {
          byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
          return bytes.length < most
              ? SECRETS.redacted(line)
              : SECRETS.redactedBeginning(new String(bytes, 0, most, StandardCharsets.UTF_8)) + "…";
        })
        .toList();
  }

  @Provide
  Arbitrary<String> outputs() {
    return Arbitraries.of(PIECES)
        .list()
        .ofMinSize(1)
        .ofMaxSize(12)
        .map(all -> String.join("", all));
  }

  @Test
  void theListOfLinesCountsThemWithoutReadingThem() {
    List<Integer> counts = new ArrayList<>();
    WatchedSink sink = new WatchedSink(Sink.DISCARD, SECRETS, more -> counts.add(more.size()));
    for (int i = 0; i < 3; i++) {
      sink.stdout(StandardCharsets.UTF_8.encode("a\n\r\nbcd\ne".repeat(1000)));
    }
    sink.finish();
    assertThat(counts.stream().mapToInt(each -> each).sum()).isEqualTo(6001);
  }

  private void see(List<OutputLine> more) {
    more.forEach(line -> lines.add(line.text()));
  }

  private List<String> seen(String output) {
    lines.clear();
    Captured whole = new Captured(100_000);
    WatchedSink sink = new WatchedSink(whole, SECRETS, this::see);
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

package initrunner.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.ssh.OpenSshTransport;
import initrunner.ssh.Relay;
import initrunner.ssh.SshdExtension;
import initrunner.transfer.Rules.Deletion;
import initrunner.transfer.Rules.Direction;
import initrunner.transfer.Rules.Take;
import initrunner.transfer.tree.Selection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What goes over a link that is slower than compression.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ExchangeSlowLinkTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static final Duration ONE_WAY = Duration.ofMillis(15);
  private static final long BYTES_PER_SECOND = 4 << 20;
  private static final int LARGE_BYTES = 10 << 20;
  private static final int FILES = 40;
  private static final int SMALL_BYTES = 100_000;

  @TempDir private Path directory;
  private Path here;
  private Path there;

  @BeforeEach
  void directories() throws IOException {
    here = Files.createDirectory(directory.resolve("here"));
    there = directory.resolve("there");
  }

  private static byte[] text(int bytes, int seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    while (text.length() < bytes) {
      text.append("line ").append(random.nextInt(100)).append(" of a log that repeats itself\n");
    }
    return text.substring(0, bytes).getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] noise(int bytes, int seed) {
    byte[] noise = new byte[bytes];
    new Random(seed).nextBytes(noise);
    return noise;
  }

  /// @return how many bytes went over the link
  private long moved(Path local, Direction direction) {
    try (Relay relay = new Relay(sshd.port(), ONE_WAY)) {
      relay.slowDown(BYTES_PER_SECOND);
      try (OpenSshTransport transport = new OpenSshTransport(sshd.targetVia(relay.port()))) {
        TransferReport report =
            new Exchange(transport, "box", Optional.empty(), directory.resolve("states"))
                .run(
                    new Exchange.Trees(local, there.toString(), Selection.of(List.of())),
                    new Rules(direction, Deletion.FOLLOWED, Take.NEITHER),
                    Progress.NONE);
        assertThat(report.isComplete()).isTrue();
      }
      return relay.passed();
    }
  }

  @Test
  void aLargeFileOfTextIsPackedBothWays() throws Exception {
    Files.write(here.resolve("log"), text(LARGE_BYTES, 1));

    assertThat(moved(here, Direction.PUSH)).isLessThan(LARGE_BYTES * 8L / 10);
    assertThat(Trees.of(there)).isEqualTo(Trees.of(here));

    Path back = directory.resolve("back");
    assertThat(moved(back, Direction.PULL)).isLessThan(LARGE_BYTES * 8L / 10);
    assertThat(Trees.of(back)).isEqualTo(Trees.of(here));
  }

  @Test
  void manyFilesOfTextArePackedBothWays() throws Exception {
    for (int i = 0; i < 2 * FILES; i++) {
      Files.write(here.resolve("file" + i), text(SMALL_BYTES, i));
    }
    long bytes = 2L * FILES * SMALL_BYTES;

    assertThat(moved(here, Direction.PUSH)).isLessThan(bytes * 8 / 10);
    assertThat(Trees.of(there)).isEqualTo(Trees.of(here));

    Path back = directory.resolve("back");
    assertThat(moved(back, Direction.PULL)).isLessThan(bytes * 8 / 10);
    assertThat(Trees.of(back)).isEqualTo(Trees.of(here));
  }

  @Test
  void whatCannotBePackedComesAsItIs() throws Exception {
    for (int i = 0; i < FILES; i++) {
      Files.write(here.resolve("file" + i), noise(SMALL_BYTES, i));
    }

    moved(here, Direction.PUSH);
    assertThat(Trees.of(there)).isEqualTo(Trees.of(here));

    Path back = directory.resolve("back");
    moved(back, Direction.PULL);
    assertThat(Trees.of(back)).isEqualTo(Trees.of(here));
  }
}

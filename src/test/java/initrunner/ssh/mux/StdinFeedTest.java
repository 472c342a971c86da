package initrunner.ssh.mux;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Stdin;
import initrunner.exec.transport.OddInput;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class StdinFeedTest {

  private final Semaphore woken = new Semaphore(0);

  /// The one who takes sleeps only where there is nothing, and has to be woken then.
  @Property(tries = 60)
  void piecesOfAnySizeAreTakenAsTheyWereRead(@ForAll long seed) throws InterruptedException {
    OddInput input = new OddInput(seed, 3_000_000);
    Random random = new Random(seed);
    MessageDigest taken = OddInput.sha256();
    int count = 0;
    try (StdinFeed feed = new StdinFeed("", new Stdin.Stream(input), woken::release)) {
      while (!feed.exhausted()) {
        ByteBuffer piece = feed.piece();
        int length = Math.min(piece.remaining(), random.nextInt(100_000));
        if (!piece.hasRemaining()) {
          assertThat(woken.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        }
        taken.update(piece.slice(piece.position(), length));
        piece.position(piece.position() + length);
        count += length;
        assertThat(input.given() - count)
            .isLessThanOrEqualTo(StdinFeed.PIECES * StdinFeed.MAX_PIECE_BYTES);
      }
    }
    assertThat(taken.digest()).isEqualTo(input.digest());
  }

  @Property(tries = 3)
  void theHeadStandsInFrontOfTheInput(@ForAll boolean asBytes) throws InterruptedException {
    byte[] content = "input".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    Stdin stdin =
        asBytes
            ? new Stdin.Bytes(content)
            : new Stdin.Stream(new java.io.ByteArrayInputStream(content));
    StringBuilder taken = new StringBuilder();
    try (StdinFeed feed = new StdinFeed("head ", stdin, woken::release)) {
      while (!feed.exhausted()) {
        ByteBuffer piece = feed.piece();
        if (!piece.hasRemaining()) {
          assertThat(woken.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        }
        while (piece.hasRemaining()) {
          taken.append((char) piece.get());
        }
      }
    }
    assertThat(taken).hasToString("head input");
  }
}

package initrunner.ssh.mux;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Stdin;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ReplayableStdinTest {

  private static ReplayableStdin of(byte[] content) {
    return new ReplayableStdin(new Stdin.Stream(new ByteArrayInputStream(content)));
  }

  @Test
  void whatAnEarlierReadingTookIsGivenAgain() throws IOException {
    byte[] content = new byte[300_000];
    new Random(1).nextBytes(content);
    ReplayableStdin stdin = of(content);
    assertThat(stdin.fromTheBeginning().open().readNBytes(100_000)).hasSize(100_000);
    assertThat(stdin.isReplayable()).isTrue();
    assertThat(stdin.fromTheBeginning().open().readAllBytes()).isEqualTo(content);
    assertThat(stdin.fromTheBeginning().open().readAllBytes()).isEqualTo(content);
  }

  @Test
  void moreThanAPipeHoldsIsNotKept() throws IOException {
    ReplayableStdin stdin = of(new byte[3_000_000]);
    assertThat(stdin.fromTheBeginning().open().readAllBytes()).hasSize(3_000_000);
    assertThat(stdin.isReplayable()).isFalse();
  }

  @Test
  void singleBytesAreReadToo() throws IOException {
    ReplayableStdin stdin = of(new byte[] {(byte) 0xFF, 7});
    InputStream reading = stdin.fromTheBeginning().open();
    assertThat(reading.read()).isEqualTo(0xFF);
    assertThat(reading.read()).isEqualTo(7);
    assertThat(reading.read()).isEqualTo(-1);
    assertThat(reading.read()).isEqualTo(-1);
  }

  /// A person types while the first attempt is already given up: its reader is still there.
  @Test
  void whatAnAbandonedReaderGetsIsNotLost() throws Exception {
    PipedOutputStream typed = new PipedOutputStream();
    ReplayableStdin stdin = new ReplayableStdin(new Stdin.Stream(new PipedInputStream(typed)));
    CountDownLatch reads = new CountDownLatch(1);
    try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
      InputStream abandoned = stdin.fromTheBeginning().open();
      Future<Integer> first =
          readers.submit(() -> {
            reads.countDown();
            return abandoned.read(new byte[100]);
          });
      reads.await();
      Future<byte[]> second = readers.submit(() -> stdin.fromTheBeginning().open().readAllBytes());
      typed.write("hello".getBytes(StandardCharsets.UTF_8));
      typed.close();
      assertThat(first.get()).isEqualTo(5);
      assertThat(second.get()).asString(StandardCharsets.UTF_8).isEqualTo("hello");
    }
  }

  @Test
  void bytesAndNothingAreTheSameEachTime() {
    assertThat(new ReplayableStdin(Stdin.nothing()).fromTheBeginning()).isEqualTo(Stdin.nothing());
    Stdin text = Stdin.text("x");
    assertThat(new ReplayableStdin(text).fromTheBeginning()).isSameAs(text);
  }
}

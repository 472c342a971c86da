package initrunner.exec.transport;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class LocalProcessTest {

  private static final long WRITTEN_BYTES = 100_000_000;

  @TempDir Path directory;

  /// The reading ahead of the sink is bounded: the rest waits in the process.
  @Test
  void aSinkThatTakesNothingHoldsTheProcessUp() throws Exception {
    Path whole = directory.resolve("whole");
    String script = "echo x; head -c %d /dev/zero; echo >%s".formatted(WRITTEN_BYTES, whole);
    Held held = new Held(whole);
    try (LocalProcess process =
        LocalProcess.start(new ProcessBuilder("sh", "-c", script), Stdin.nothing())) {
      assertThat(process.await(Deadline.NEVER, held)).isEqualTo(StartedCommand.Wake.OVER);
    }
    assertThat(held.wasWholeTooSoon).isFalse();
    assertThat(held.bytes).isEqualTo(WRITTEN_BYTES + 2);
    assertThat(whole).exists();
  }

  /// Holds the first bytes long enough for an unbounded reader to read everything.
  private static final class Held implements Sink {
    private final Path whole;
    private boolean wasWholeTooSoon;
    private long bytes;

    Held(Path whole) {
      this.whole = whole;
    }

    @Override
    public void stdout(ByteBuffer output) {
      if (bytes == 0) {
        try {
          TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        wasWholeTooSoon = Files.exists(whole);
      }
      bytes += output.remaining();
    }

    @Override
    public void stderr(ByteBuffer output) {}
  }

  @Test
  void anInterruptWhileOtherWorkIsDoneIsKept() throws Exception {
    Thread serving = Thread.currentThread();
    try (LocalProcess process =
        LocalProcess.start(new ProcessBuilder("sleep", "60"), Stdin.nothing())) {
      String done =
          process.serveDuring(
              () -> {
                serving.interrupt();
                while (serving.isInterrupted()) {
                  LockSupport.parkNanos(1_000_000);
                }
                return "done";
              },
              Sink.DISCARD);
      assertThat(done).isEqualTo("done");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void anInterruptDuringTheWaitForTheExitIsKept() throws Exception {
    Path goOn = directory.resolve("go-on");
    Thread waiting = Thread.currentThread();
    String script = "until [ -e " + goOn + " ]; do sleep 0.05; done";
    try (LocalProcess process =
        LocalProcess.start(new ProcessBuilder("sh", "-c", script), Stdin.nothing())) {
      Thread.ofPlatform()
          .start(() -> {
            waiting.interrupt();
            while (waiting.isInterrupted()) {
              LockSupport.parkNanos(1_000_000);
            }
            create(goOn);
          });
      assertThat(process.awaitExit(Duration.ofSeconds(20), Sink.DISCARD)).isTrue();
      assertThat(Thread.interrupted()).isTrue();
      assertThat(process.status()).isZero();
    }
  }

  private static void create(Path file) {
    try {
      Files.createFile(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

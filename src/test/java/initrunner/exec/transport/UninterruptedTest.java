package initrunner.exec.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// An interrupt does not end these waits; it is set again afterwards.
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class UninterruptedTest {

  @Test
  void aResultIsWaitedForThroughAnInterrupt() {
    Thread waiting = Thread.currentThread();
    String result =
        Uninterrupted.get(() -> {
          waiting.interrupt();
          awaitTaken(waiting);
          return "whole";
        });
    assertThat(result).isEqualTo("whole");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aThreadIsWaitedForThroughAnInterrupt() {
    Thread waiting = Thread.currentThread();
    CountDownLatch over = new CountDownLatch(1);
    Thread work =
        Thread.ofPlatform()
            .start(() -> {
              waiting.interrupt();
              awaitTaken(waiting);
              over.countDown();
            });
    Uninterrupted.join(work);
    assertThat(over.getCount()).isZero();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aThreadThatIsEndedIsInterruptedAndWaitedFor() {
    CountDownLatch over = new CountDownLatch(1);
    Thread work =
        Thread.ofPlatform()
            .start(() -> {
              while (!Thread.interrupted()) {
                Thread.onSpinWait();
              }
              over.countDown();
            });
    Uninterrupted.end(work);
    assertThat(over.getCount()).isZero();
    assertThat(Thread.interrupted()).isFalse();
  }

  /// A wait that is interrupted clears the flag.
  private static void awaitTaken(Thread waiting) {
    while (waiting.isInterrupted()) {
      Thread.onSpinWait();
    }
  }
}

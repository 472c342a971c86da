package initrunner.exec.transport;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.transport.StartedCommand.Wake;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

  @ParameterizedTest
  @EnumSource(names = {"OVER", "TIME_UP"})
  void aServiceThatHasNoMoreToDoIsNotAskedAgainWhileTheWorkLasts(Wake end) {
    Thread waiting = Thread.currentThread();
    AtomicInteger served = new AtomicInteger();
    String result =
        Uninterrupted.get(
            () -> {
              while (served.get() == 0
                  || (served.get() == 1 && waiting.getState() != Thread.State.WAITING)) {
                Thread.onSpinWait();
              }
              return "whole";
            },
            () -> {},
            () -> {
              served.incrementAndGet();
              return end;
            });
    assertThat(result).isEqualTo("whole");
    assertThat(served).hasValue(1);
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

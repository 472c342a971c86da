package initrunner.exec.transport;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class CallsUnderWayTest {

  private final CallsUnderWay calls = new CallsUnderWay();

  @Test
  void aCallThatBeginsDuringACloseIsCancelledAtOnce() throws Exception {
    calls.cancelAll(Duration.ZERO);
    assertThat(calls.closing()).isTrue();
    assertThat(wake("sleep", "60")).isEqualTo(LocalProcess.Wake.CANCELLED);
  }

  @Test
  void aCleanUpThatBeginsDuringACloseIsNotCancelled() throws Exception {
    calls.cancelAll(Duration.ZERO);
    assertThat(calls.clearingUp(calls::closing)).isFalse();
    assertThat(
            calls.clearingUp(() -> {
              try {
                return wake("true");
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }))
        .isEqualTo(LocalProcess.Wake.EXITED);
    assertThat(calls.closing()).isTrue();
  }

  private LocalProcess.Wake wake(String... argv) throws IOException {
    try (LocalProcess process = LocalProcess.start(new ProcessBuilder(argv), Stdin.nothing())) {
      return calls.await(
          process, () -> process.await(Optional.empty(), Duration.ofMillis(100), Sink.DISCARD));
    }
  }
}

package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.Sink;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// On an account whose server delivers signals, which it may not do for root.
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class FailingSinkTest {

  @RegisterExtension
  static final SshdExtension sshd = new SshdExtension().as("initrunner-bash", "/bin/bash");

  @Test
  void anErrorOfASinkDuringAStopDoesNotKeepTheCommandAlive() throws Exception {
    Path pid = sshd.home().resolve("stubborn");
    String stopping = "while :; do echo stopping; sleep 0.05; done";
    String script =
        "echo $$ >" + pid + "; trap '" + stopping + "' TERM; while :; do sleep 0.1; done";
    AtomicInteger given = new AtomicInteger();
    Limits limits = new Limits(Optional.of(Duration.ofSeconds(1)), Duration.ofMillis(500));
    Sink failing =
        CallsInFlight.onOutput(() -> {
          given.incrementAndGet();
          throw new AssertionError("of the sink");
        });
    try (SshTransport transport = new SshTransport(sshd.target())) {
      transport.open();
      assertThatExceptionOfType(AssertionError.class)
          .isThrownBy(() -> transport.run(Command.of("sh", "-c", script), limits, failing))
          .withMessage("of the sink");
      assertThat(given).as("times that a sink which failed is given more").hasValue(1);
      assertThat(ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))).isEmpty();
    }
  }
}

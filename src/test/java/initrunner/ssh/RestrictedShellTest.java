package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.TimedOut;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Stop;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A login shell that runs commands but allows no change of the directory, or take its place.
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class RestrictedShellTest {

  @RegisterExtension
  static final SshdExtension sshd = new SshdExtension().as("initrunner-rbash", "/bin/rbash");

  @Test
  void aStopIsProvenThereToo() {
    try (SshTransport transport = new SshTransport(sshd.target())) {
      Outcome outcome =
          transport.run(
              Command.of("sh", "-c", "setsid sleep 600 & sleep 600"),
              new Limits(Optional.of(Duration.ofSeconds(2)), Duration.ofMillis(200)),
              new Captured(100));
      assertThat(outcome.ended()).isEqualTo(new TimedOut(Stop.STOPPED));
    }
  }

  @Test
  void aCommandAfterAPauseIsRunThereToo() throws InterruptedException {
    try (SshTransport transport = new SshTransport(sshd.target())) {
      transport.open();
      for (int call = 0; call < 3; call++) {
        Thread.sleep(100);
        Captured captured = new Captured(100);
        Outcome outcome =
            transport.run(
                Command.of("echo", "ran"), Limits.timeout(Duration.ofSeconds(20)), captured);
        assertThat(outcome.ended()).isEqualTo(new Exited(0));
        assertThat(captured.stdoutText()).isEqualTo("ran\n");
      }
      assertThat(ShellsAhead.on(sshd)).isEmpty();
    }
  }
}

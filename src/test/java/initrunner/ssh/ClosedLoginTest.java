package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Limits;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.transport.Transport;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.mux.OpeningChannel;
import initrunner.ssh.process.SshProcessTransport;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A server that closes the connection of a login at once, as one does that has too many of them
/// (`MaxStartups`).
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ClosedLoginTest {

  enum Way {
    ENGINE,
    PROCESSES
  }

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static Transport transport(Way way, Relay relay) {
    SshTarget target = sshd.targetVia(relay.port());
    return switch (way) {
      case ENGINE -> new SshTransport(target);
      case PROCESSES -> new SshProcessTransport(target);
    };
  }

  private static Ended run(Transport transport) {
    return transport
        .run(Command.of("sh", "-c", "exit 4"), Limits.unbounded(), new Captured(100))
        .ended();
  }

  @ParameterizedTest
  @EnumSource
  void itIsAskedOnceMore(Way way) {
    try (Relay relay = new Relay(sshd.port(), Duration.ZERO);
        Transport transport = transport(way, relay)) {
      relay.closeNext(1);
      assertThat(run(transport)).isEqualTo(new Exited(4));
      assertThat(relay.accepted()).isEqualTo(2);
    }
  }

  /// Each connection ends when a session was asked for and not yet opened.
  @Test
  void aCallGivesUpWhereLoginsWorkAndEachConnectionEndsThen() throws Exception {
    try (Relay relay = new Relay(sshd.port(), Duration.ofMillis(50));
        Transport transport = transport(Way.ENGINE, relay)) {
      FutureTask<Ended> call = new FutureTask<>(() -> run(transport));
      Thread caller = Thread.ofPlatform().start(call);
      while (!call.isDone()) {
        if (awaitsSession(caller)) {
          relay.cut();
          while (awaitsSession(caller)) {
            Thread.sleep(1);
          }
        }
        Thread.sleep(1);
      }
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(call::get)
          .havingCause()
          .isInstanceOf(TransportException.class)
          .withMessageContaining("'my-build-box' takes logins, but each connection ended")
          .withMessageContaining("(6 in a row, ");
      assertThat(run(transport)).isEqualTo(new Exited(4));
    }
  }

  @Test
  void aCallGivesUpWhereEachSessionIsClosedBeforeTheCommandIsSent() throws Exception {
    ScriptedMaster.Script closing =
        peer -> {
          while (true) {
            peer.openClosed();
          }
        };
    try (BesideScripted beside = BesideScripted.open(sshd, closing)) {
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(() -> beside.run(Command.of("true"), Limits.unbounded()))
          .withMessage("'my-build-box' closed each session before the command could be sent");
    }
  }

  private static boolean awaitsSession(Thread caller) {
    return Stream.of(caller.getStackTrace())
        .anyMatch(frame -> frame.getClassName().equals(OpeningChannel.class.getName()));
  }

  @ParameterizedTest
  @EnumSource
  void itIsNotAskedMoreOften(Way way) {
    try (Relay relay = new Relay(sshd.port(), Duration.ZERO);
        Transport transport = transport(way, relay)) {
      relay.closeNext(2);
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(() -> run(transport))
          .satisfies(e -> {
            assertThat(e.kind()).isEqualTo(Kind.LINK_DOWN);
            assertThat(e.remedy()).contains("MaxStartups");
          });
      assertThat(relay.accepted()).isEqualTo(2);
      assertThat(run(transport)).isEqualTo(new Exited(4));
    }
  }
}

package initrunner.ssh.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SshClientLogTest {

  private static final String SENT = "debug3: mux_client_request_session: session request sent";
  private static final String OPENED = "debug1: mux_client_request_session: master session id: 2";

  @Test
  void aCommandsOwnStatusIsToldFromAFailure() {
    SshClientLog log =
        SshClientLog.of(List.of(SENT, OPENED, "debug2: Received exit status from master 255"));
    assertThat(log.exitStatus()).isEqualTo(Optional.of(255));
    assertThat(log.requestSent()).isTrue();
    assertThat(log.sessionOpened()).isTrue();
  }

  @Test
  void aRefusedSessionIsNoSession() {
    SshClientLog log =
        SshClientLog.of(
            List.of(
                SENT,
                "mux_client_request_session: session request failed: Session open refused by peer"));
    assertThat(log.sessionRefused()).isTrue();
    assertThat(log.sessionOpened()).isFalse();
    assertThat(log.exitStatus()).isEmpty();
  }

  @Test
  void withoutARequestNothingWasSent() {
    SshClientLog log =
        SshClientLog.of(
            List.of(
                "debug1: Control socket \"/tmp/x\" does not exist",
                "Connection closed by UNKNOWN port 65535"));
    assertThat(log.requestSent()).isFalse();
    assertThat(log.errors()).isEqualTo("Connection closed by UNKNOWN port 65535");
  }

  @Test
  void aSignalToTheClientIsSeen() {
    assertThat(
            SshClientLog.of(List.of(SENT, OPENED, "debug2: Exiting on signal: Terminated"))
                .terminated())
        .isTrue();
  }
}

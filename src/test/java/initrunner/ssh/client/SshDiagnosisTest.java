package initrunner.ssh.client;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SshDiagnosisTest {

  @ParameterizedTest
  @Timeout(60)
  @ValueSource(strings = {"@", " ", "@ ", "\t", "\n", "\r\n\n", "x @"})
  void aBannerTakesNoLongerForWhatIsRepeatedInIt(String part) {
    String banner = "x" + part.repeat(300_000) + "y";

    assertThat(SshDiagnosis.shown(banner)).startsWith("x").hasSizeLessThan(10_000);
    assertThat(SshDiagnosis.shown("@@@ a frame @@@\n@@@@\n")).isEqualTo("a frame");
  }

  @Test
  void aBannerDoesNotDecideWhatASessionThatWasRefusedIs() {
    String said =
        """
        Authorized use only. Permission denied to all others.
        mux_client_request_session: session request failed: Session open refused by peer
        """;
    TransportException e = SshDiagnosis.ofProbe(SshTarget.of("h"), 255, said);
    assertThat(e.kind()).isEqualTo(Kind.SESSION_LIMIT);
    assertThat(e.remedy()).contains("MaxSessions");
    assertThat(
            SshDiagnosis.ofProbe(SshTarget.of("h"), 255, "h: Permission denied (publickey).")
                .kind())
        .isEqualTo(Kind.AUTHENTICATION);
  }

  @Test
  void aHostThatWantsMoreThanAKeyIsToldFromOneThatTakesNone() {
    for (String methods : List.of("keyboard-interactive", "password", "password,hostbased")) {
      TransportException e =
          SshDiagnosis.ofProbe(SshTarget.of("h"), 255, "u@h: Permission denied (" + methods + ").");
      assertThat(e.kind()).isEqualTo(Kind.AUTHENTICATION);
      assertThat(e.remedy()).contains("second factor").doesNotContain("ssh-add");
    }
    for (String methods : List.of("publickey", "publickey,keyboard-interactive")) {
      assertThat(
              SshDiagnosis.ofProbe(
                      SshTarget.of("h"), 255, "u@h: Permission denied (" + methods + ").")
                  .remedy())
          .contains("ssh-add -l");
    }
  }

  @Test
  void anAgentThatDoesNotSignIsNamed() {
    String said =
        """
        sign_and_send_pubkey: signing failed for ED25519-SK "k" from agent: agent refused operation
        u@h: Permission denied (publickey).
        """;
    assertThat(SshDiagnosis.ofProbe(SshTarget.of("h"), 255, said).remedy()).contains("touched");
  }
}

package initrunner.ssh.client;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.TransportException;
import org.junit.jupiter.api.Test;

class SshConfigurationTest {

  @Test
  void whatSshSaysAgainstItIsTheReason() {
    TransportException refusal =
        SshConfiguration.unusable(
            SshTarget.of("box"), new SshClient.Answer(255, "", "Bad option: x\n"));
    assertThat(refusal).hasMessage("the ssh configuration for 'box' cannot be used: Bad option: x");
  }

  @Test
  void anAccountThatTheMachineDoesNotKnowIsTheCauseAndNotTheConfiguration() {
    TransportException refusal =
        SshConfiguration.unusable(
            SshTarget.of("box"), new SshClient.Answer(255, "", "No user exists for uid 54321\r\n"));
    assertThat(refusal.remedy()).contains("/etc/passwd").doesNotContain("ssh -G");
  }

  @Test
  void whereSshSaysNothingItsStatusIsTheReason() {
    TransportException refusal =
        SshConfiguration.unusable(SshTarget.of("box"), new SshClient.Answer(3, "", ""));
    assertThat(refusal)
        .hasMessage("the ssh configuration for 'box' cannot be used: ssh -G says nothing, rc=3");
    assertThat(refusal.remedy()).isEqualTo("Try by hand: ssh -G box");
  }
}

package initrunner.ssh.client;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.transport.SearchPath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SshClientTest {

  private static final Path CONTROL_PATH = Path.of("/tmp/initrunner-ssh-1/ctl.sock");

  /// What every call has, from the first option that is not the role's.
  private static final List<String> COMMON =
      List.of(
          "-o", "BatchMode=yes",
          "-o", "ConnectTimeout=7",
          "-o", "ControlMaster=auto",
          "-o", "ControlPath=/tmp/initrunner-ssh-1/ctl.sock",
          "-o", "ControlPersist=90s",
          "-o", "RemoteCommand=none",
          "-o", "RequestTTY=no",
          "-o", "ClearAllForwardings=yes",
          "-o", "ExitOnForwardFailure=no",
          "-o", "PermitLocalCommand=no",
          "-o", "ForwardX11=no",
          "-o", "Tunnel=no",
          "-o", "VisualHostKey=no",
          "-o", "LogVerbose=none",
          "-o", "EscapeChar=none",
          "-o", "StdinNull=no",
          "-o", "ForkAfterAuthentication=no",
          "-o", "SessionType=default");

  private static SshClient client(Optional<Path> identityFile, Optional<Path> configFile) {
    return new SshClient(
        new SshTarget("my-box", identityFile, configFile, Duration.ofSeconds(7), "90s"),
        SearchPath.own());
  }

  @Test
  void withoutFieldsOfTheRoleTheOptionsAreThese() {
    assertThat(client(Optional.empty(), Optional.empty()).options(CONTROL_PATH)).isEqualTo(COMMON);
  }

  @Test
  void configurationAndIdentityStandInFront() {
    List<String> expected =
        new ArrayList<>(List.of("-F", "/home/me/ssh config", "-i", "/home/me/key"));
    expected.addAll(COMMON);
    assertThat(
            client(
                    Optional.of(Path.of("/home/me/key")),
                    Optional.of(Path.of("/home/me/ssh config")))
                .options(CONTROL_PATH))
        .isEqualTo(expected);
  }

  @Test
  void theHostStandsBehindADoubleDash() {
    SshClient client = client(Optional.empty(), Optional.empty());
    assertThat(client.withDestination(List.of("-v"), Optional.of("ls -la")))
        .containsExactly("-v", "--", "my-box", "ls -la");
    assertThat(client.withDestination(List.of(), Optional.empty())).containsExactly("--", "my-box");
  }

  @Test
  void aPercentSignInTheControlPathIsNoToken() {
    assertThat(client(Optional.empty(), Optional.empty()).options(Path.of("/tmp/100%h")))
        .contains("ControlPath=/tmp/100%%h");
  }

  @Test
  void anOptionThatAnOldClientDoesNotKnowIsLeftOut() {
    SshClient client = client(Optional.empty(), Optional.empty());
    List<String> expected = new ArrayList<>(COMMON);
    expected.subList(expected.size() - 2, expected.size()).clear();
    assertThat(client.without("sessiontype").orElseThrow().options(CONTROL_PATH))
        .isEqualTo(expected);
  }

  @Test
  void whatTheCallDependsOnIsNeverLeftOut() {
    SshClient client = client(Optional.empty(), Optional.empty());
    assertThat(client.without("controlmaster")).isEmpty();
    assertThat(client.without("batchmode")).isEmpty();
  }
}

package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import initrunner.exec.Stdin;
import initrunner.exec.transport.Transport;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.process.SshProcessTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What a user has in `~/.ssh/config` for sessions at a terminal does not turn a command into
/// something else, nor add to its streams. Every command here reads its input, writes to both
/// streams and has a status of its own.
@ParameterizedClass
@EnumSource
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class HostileConfigurationTest {

  enum Way {
    ENGINE,
    PROCESSES
  }

  @RegisterExtension
  static final SshdExtension sshd =
      new SshdExtension("Banner /etc/os-release", "AcceptEnv LC_*", "X11Forwarding yes");

  @TempDir Path directory;

  private final Way way;

  HostileConfigurationTest(Way way) {
    this.way = way;
  }

  private Transport transport(SshTarget target) {
    return switch (way) {
      case ENGINE -> new SshTransport(target);
      case PROCESSES -> new SshProcessTransport(target);
    };
  }

  private void commandsRunAsEver(String... options) {
    SshTarget target = sshd.targetVia(sshd.port(), options);
    try (Transport transport = transport(target)) {
      transport.open();
      Captured captured = new Captured(10_000);
      Outcome outcome =
          transport.run(
              Command.of("sh", "-c", "cat; printf err >&2; test -t 0 && exit 1; exit 43")
                  .withStdin(Stdin.text("~. in\n~?\n")),
              Limits.timeout(Duration.ofSeconds(20)),
              captured);
      assertThat(outcome.ended()).isEqualTo(new Exited(43));
      assertThat(outcome.output()).isEqualTo(OutputEnd.COMPLETE);
      assertThat(captured.stdoutText()).isEqualTo("~. in\n~?\n");
      assertThat(captured.stderrText()).isEqualTo("err");
    }
    sshd.awaitNoClients();
  }

  @Test
  void aRemoteCommandOfTheUsers() {
    commandsRunAsEver("RemoteCommand echo mine", "RequestTTY yes");
  }

  @Test
  void aForcedTerminal() {
    commandsRunAsEver("RequestTTY force", "EscapeChar ~");
  }

  @Test
  void aForwardOfAPortThatIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      commandsRunAsEver(
          "LocalForward 127.0.0.1:" + taken.getLocalPort() + " 127.0.0.1:9",
          "RemoteForward " + taken.getLocalPort() + " 127.0.0.1:9",
          "DynamicForward 127.0.0.1:" + taken.getLocalPort(),
          "ExitOnForwardFailure yes");
    }
  }

  @Test
  void aLocalCommand() {
    Path mark = directory.resolve("mark");
    commandsRunAsEver(
        "PermitLocalCommand yes", "LocalCommand echo noise; echo noise >&2; touch " + mark);
    assertThat(mark).doesNotExist();
  }

  @Test
  void forwardingOfX11AndAgentAndTunnels() {
    commandsRunAsEver("ForwardX11 yes", "ForwardX11Trusted yes", "Tunnel yes", "ForwardAgent yes");
  }

  @Test
  void aSessionWithoutACommand() {
    commandsRunAsEver("SessionType none");
  }

  @Test
  void anInputFromNowhere() {
    commandsRunAsEver("StdinNull yes");
  }

  @Test
  void aClientThatGoesToTheBackground() {
    commandsRunAsEver("ForkAfterAuthentication yes");
  }

  @Test
  void aClientThatSaysEverything() {
    commandsRunAsEver("LogLevel DEBUG3", "LogVerbose *", "VisualHostKey yes");
  }

  @Test
  void aClientThatSaysNothing() {
    commandsRunAsEver("LogLevel QUIET");
  }

  @Test
  void aConnectionThatTheUserSharesAlready() {
    Path socket = directory.resolve("own.sock");
    commandsRunAsEver("ControlMaster yes", "ControlPath " + socket, "ControlPersist no");
    assertThat(socket).doesNotExist();
  }

  @Test
  void aProxyCommandIsTheWayToTheHost() throws IOException {
    Path proxy = directory.resolve("proxy");
    Files.writeString(
        proxy,
        """
        touch %s/used
        exec 3<>/dev/tcp/127.0.0.1/%d
        cat <&3 &
        trap "kill $!" EXIT HUP
        cat >&3
        """
            .formatted(directory, sshd.port()));
    commandsRunAsEver("ProxyCommand bash " + proxy);
    assertThat(directory.resolve("used")).exists();
  }

  @Test
  void aJumpHostIsTheWayToTheHost() {
    long before = sshd.logins();
    commandsRunAsEver(
        "ProxyJump jump",
        "Host jump",
        "HostName 127.0.0.1",
        "Port " + sshd.port(),
        "IdentityFile " + sshd.key(),
        "IdentitiesOnly yes",
        "IdentityAgent none",
        "StrictHostKeyChecking yes",
        "UserKnownHostsFile " + sshd.key().resolveSibling("known_hosts"),
        "Host " + SshdExtension.HOST);
    assertThat(sshd.logins()).isEqualTo(before + 2);
  }

  @Test
  void keysThatChangeUnderWayChangeNothing() {
    byte[] bytes = new byte[2_000_000];
    new Random(1).nextBytes(bytes);
    String text = HexFormat.of().formatHex(bytes);
    SshTarget target = sshd.targetVia(sshd.port(), "RekeyLimit 1M", "Compression yes");
    try (Transport transport = transport(target)) {
      Captured captured = new Captured(2 * text.length());
      Command command = Command.of("cat").withStdin(Stdin.text(text));
      assertThat(transport.run(command, Limits.unbounded(), captured).ended())
          .isEqualTo(new Exited(0));
      assertThat(captured.stdoutText().equals(text)).isTrue();
    }
  }

  @Test
  void variablesThatTheUserSendsArrive() {
    SshTarget target = sshd.targetVia(sshd.port(), "SetEnv LC_MINE=kept");
    try (Transport transport = transport(target)) {
      Captured captured = new Captured(100);
      transport.run(
          Command.of("sh", "-c", "printf %s \"$LC_MINE,$OURS\"")
              .withEnvironment(Map.of("OURS", "too")),
          Limits.unbounded(),
          captured);
      assertThat(captured.stdoutText()).isEqualTo("kept,too");
    }
  }
}

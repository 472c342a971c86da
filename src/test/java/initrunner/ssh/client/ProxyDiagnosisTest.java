package initrunner.ssh.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.transport.Transport;
import initrunner.ssh.SshTransport;
import initrunner.ssh.SshdExtension;
import initrunner.ssh.process.SshProcessTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What is said where the way to a host leads over others, each failure from its real cause.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ProxyDiagnosisTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @RegisterExtension static final SshdExtension closed = new SshdExtension("AllowTcpForwarding no");

  @TempDir Path directory;

  private static List<String> working(String alias, SshdExtension server) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(server.configFile()));
    lines.set(0, "Host " + alias);
    return lines;
  }

  /// The failure of a host behind these jump hosts, by both transports.
  private TransportException failure(String jumps, String... more) throws IOException {
    List<String> lines = new ArrayList<>(List.of(more));
    lines.addAll(List.of("Host behind", "  HostName 127.0.0.1", "  " + jumps));
    lines.addAll(List.of("Host refused", "  HostName 127.0.0.1", "  Port 1"));
    lines.addAll(List.of("Host unknown", "  HostName no..such"));
    lines.addAll(working("jump", sshd));
    lines.addAll(working("closed", closed));
    Path file = Files.write(directory.resolve("ssh_config"), lines);
    SshTarget target =
        new SshTarget("behind", Optional.empty(), Optional.of(file), Duration.ofSeconds(5), "60s");
    List<TransportException> failures = new ArrayList<>();
    for (Transport transport : List.of(new SshTransport(target), new SshProcessTransport(target))) {
      try (transport) {
        failures.add(catchThrowableOfType(TransportException.class, transport::open));
      }
    }
    assertThat(failures.getFirst()).hasMessage(failures.getLast().getMessage());
    assertThat(failures.getFirst().remedy())
        .as("what a person types reads the same configuration")
        .doesNotContainPattern("ssh (?!-F " + file + " )(-|behind|jump|refused|silent)");
    return failures.getFirst();
  }

  @Test
  void aJumpHostThatRefuses() throws IOException {
    TransportException e = failure("ProxyJump refused");
    assertThat(e.kind()).isEqualTo(Kind.REFUSED);
    assertThat(e)
        .hasMessage(
            "ssh probe to 'behind' returned rc=255: its jump host 'refused': ssh: connect to host"
                + " 127.0.0.1 port 1: Connection refused");
    assertThat(e.remedy()).contains(" -G refused");
  }

  @Test
  void aJumpHostWhoseNameDoesNotResolve() throws IOException {
    TransportException e = failure("ProxyJump unknown");
    assertThat(e.kind()).isEqualTo(Kind.NAME_UNKNOWN);
    assertThat(e).hasMessageContaining("its jump host 'unknown': ssh: Could not resolve hostname");
    assertThat(e.remedy()).contains(" -G unknown");
  }

  @Test
  void aJumpHostThatTakesNoKey() throws IOException {
    TransportException e = failure("ProxyJump jump", "Host jump", "  PubkeyAuthentication no");
    assertThat(e.kind()).isEqualTo(Kind.AUTHENTICATION);
    assertThat(e).hasMessageContaining("its jump host 'jump': ").hasMessageContaining("denied");
    assertThat(e.remedy()).contains(" -o BatchMode=yes -v jump true");
  }

  @Test
  void aHostThatAJumpHostDoesNotReach() throws IOException {
    TransportException e = failure("ProxyJump jump", "Host behind", "  Port 1");
    assertThat(e.kind()).isEqualTo(Kind.REFUSED);
    assertThat(e)
        .hasMessageContaining("its jump host 'jump' does not reach 'behind': ")
        .hasMessageContaining("open failed");
    assertThat(e.remedy()).contains("from 'jump'").contains(" -G behind");
  }

  @Test
  void aJumpHostThatForbidsIt() throws IOException {
    TransportException e = failure("ProxyJump closed", "Host behind", "  Port 1");
    assertThat(e).hasMessageContaining("its jump host 'closed' does not reach 'behind'");
    assertThat(e.remedy()).contains("AllowTcpForwarding");
  }

  @Test
  void whichOfSeveralJumpHostsItWas() throws IOException {
    assertThat(failure("ProxyJump refused,jump"))
        .hasMessageContaining("its jump host 'refused': ssh: connect to");
    assertThat(failure("ProxyJump jump,refused"))
        .hasMessageContaining("its jump host 'jump' does not reach 'refused'");
    assertThat(failure("ProxyJump jump,unknown"))
        .hasMessageContaining("its jump host 'jump' does not reach 'unknown'");
  }

  @Test
  void aProxyCommandThatDoesNotRun() throws IOException {
    assertThat(failure("ProxyCommand /nonexistent/program"))
        .hasMessageContaining("its ProxyCommand: ")
        .hasMessageContaining("/nonexistent/program");
  }

  @Test
  void aJumpHostThatSaysNothing() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      TransportException e =
          failure(
              "ProxyJump silent",
              "Host silent",
              "  HostName 127.0.0.1",
              "  Port " + silent.getLocalPort(),
              "  ConnectTimeout 1");
      assertThat(e.kind()).isIn(Kind.CONNECT_TIMEOUT, Kind.LINK_DOWN);
      assertThat(e).hasMessageContaining("silent");
    }
  }
}

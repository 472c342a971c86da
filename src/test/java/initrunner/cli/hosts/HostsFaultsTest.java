package initrunner.cli.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.CapturedConsole;
import initrunner.cli.console.ExitCodes;
import initrunner.ssh.Relay;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What goes wrong with some of many hosts is told of those, and the others go on.
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class HostsFaultsTest {

  @RegisterExtension
  static final SshdExtension SSHD = new SshdExtension("MaxStartups 1000").onAllAddresses();

  @RegisterExtension static final SshdExtension OTHER = new SshdExtension();

  /// A jump host that takes three logins at a time.
  @RegisterExtension static final SshdExtension GATE = new SshdExtension("MaxStartups 3:100:3");

  @RegisterExtension
  static final SshdExtension FORCED =
      new SshdExtension(
          "ForceCommand echo \"$SSH_ORIGINAL_COMMAND\" >> ~/asked; exec sh -c"
              + " \"$SSH_ORIGINAL_COMMAND\"");

  /// A login shell whose rc file waits for what does not come.
  @RegisterExtension static final SshdExtension HUNG = new SshdExtension("ForceCommand sleep 600");

  /// The first connection ends as soon as a command is asked for.
  @RegisterExtension
  static final SshdExtension CUT =
      new SshdExtension(
          "ForceCommand mkdir ~/cut 2>/dev/null && kill -9 $PPID; exec sh -c"
              + " \"$SSH_ORIGINAL_COMMAND\"");

  @TempDir private Path directory;
  private CapturedConsole console = CapturedConsole.of(Map.of());

  @BeforeEach
  void useTheDirectory() {
    console = CapturedConsole.of(Map.of("INITRUNNER_HOME", directory.toString()));
  }

  private int exec(List<String> config, String hosts, String... argv) throws IOException {
    Path role = Fleet.write(directory, SSHD, config);
    List<String> line =
        new ArrayList<>(
            List.of("exec", role.toString(), "--hosts", hosts, "--parallel", "16", "--condensed"));
    line.add("--");
    line.addAll(List.of(argv));
    return console.run(line.toArray(String[]::new));
  }

  /// Lines for a host that is another server.
  private static List<String> at(String name, SshdExtension server, Path knownHosts) {
    return List.of(
        "Host " + name,
        "  HostName 127.0.0.1",
        "  Port " + server.port(),
        "  HostKeyAlias [127.0.0.1]:" + server.port(),
        "  IdentityFile " + server.key(),
        "  UserKnownHostsFile " + knownHosts);
  }

  private static List<String> at(String name, SshdExtension server) {
    return at(name, server, server.directory().resolve("known_hosts"));
  }

  @Test
  void aHostWhoseKeyHasChangedIsToldAndGetsNothing() throws IOException {
    String keyOfAnother =
        Files.readString(SSHD.directory().resolve("known_hosts"))
            .replace(":" + SSHD.port(), ":" + OTHER.port());
    Path old = Files.writeString(directory.resolve("old_known_hosts"), keyOfAnother);
    List<String> config = new ArrayList<>(at("changed", OTHER, old));
    config.addAll(Fleet.hosts(4));
    assertThat(exec(config, "n[001-002],changed,n[003-004]", "sh", "-c", "echo >> ~/ran; echo up"))
        .isEqualTo(ExitCodes.FAILED);
    assertThat(console.stdout()).isEqualTo("== 4 of 5 hosts: n[001-004]\nup\n");
    assertThat(console.stderr())
        .contains("== 1 host, host key changed: changed\n", "ssh-keygen -f " + old + " -R")
        .contains("5 hosts: 4 succeeded, 1 host key changed");
    assertThat(OTHER.logins()).isZero();
    assertThat(OTHER.home().resolve("ran")).doesNotExist();
    assertThat(SSHD.home().resolve("ran")).hasContent("\n".repeat(4));
  }

  @Test
  void allHostsBehindAJumpHostThatTakesFewLoginsAreReached() throws IOException {
    List<String> config = new ArrayList<>(at("gate", GATE));
    config.addAll(Fleet.hosts(12, "  ProxyJump gate"));
    assertThat(exec(config, "n[001-012]", "echo", "up")).as(console.stderr()).isZero();
    assertThat(console.stdout()).isEqualTo("== 12 hosts: n[001-012]\nup\n");
  }

  @Test
  void aLoginThatTheServerClosesIsMadeOnceMore() throws IOException {
    try (Relay relay = new Relay(SSHD.port(), Duration.ZERO)) {
      relay.closeNext(1);
      List<String> config =
          new ArrayList<>(List.of("Host closed", "  HostName 127.0.0.1", "  Port " + relay.port()));
      config.addAll(Fleet.hosts(2));
      assertThat(exec(config, "closed,n001", "sh", "-c", "echo >> ~/closed; echo up")).isZero();
      assertThat(relay.accepted()).isEqualTo(2);
      assertThat(SSHD.home().resolve("closed")).hasContent("\n\n");
    }
  }

  @Test
  void deadHostsAreToldByTheirKinds() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"))) {
      List<String> config =
          new ArrayList<>(
              List.of(
                  "Host refused",
                  "  HostName 127.0.0.1",
                  "  Port 9",
                  "Host unknown",
                  "  HostName nosuch.invalid",
                  "Host silent",
                  "  HostName 127.0.0.1",
                  "  Port " + silent.getLocalPort()));
      config.addAll(Fleet.hosts(17));
      assertThat(exec(config, "refused,unknown,silent,n[001-017]", "echo", "up"))
          .isEqualTo(ExitCodes.FAILED);
      assertThat(console.stdout()).isEqualTo("== 17 of 20 hosts: n[001-017]\nup\n");
      assertThat(console.stderr())
          .contains("== 1 host, connection refused: refused")
          .contains("== 1 host, no such host name: unknown")
          .contains("== 1 host, no answer in time: silent");
    }
  }

  /// It is asked what it understands first, as on one host.
  @Test
  void aForcedCommandIsToldTheCommandAndNoMore() throws IOException {
    List<String> config = new ArrayList<>(at("forced", FORCED));
    config.addAll(Fleet.hosts(1));
    assertThat(exec(config, "forced,n001", "sh", "-c", "echo >> ~/forced; echo up"))
        .as(console.stderr())
        .isZero();
    assertThat(console.stdout()).isEqualTo("== 2 hosts: forced,n001\nup\n");
    assertThat(FORCED.home().resolve("forced")).hasContent("\n");
    assertThat(Files.readAllLines(FORCED.home().resolve("asked")).getLast())
        .contains("sh")
        .endsWith("'echo >> ~/forced; echo up'");
  }

  @Test
  void aConnectionThatEndsBeforeTheShellIsReadyHasStartedNothing() throws IOException {
    List<String> config = new ArrayList<>(at("cut", CUT));
    config.addAll(Fleet.hosts(1));
    assertThat(exec(config, "cut,n001", "sh", "-c", "echo >> ~/begun; echo up"))
        .as(console.stderr())
        .isZero();
    assertThat(CUT.home().resolve("cut")).isDirectory();
    assertThat(CUT.home().resolve("begun")).hasContent("\n");
  }

  @Test
  void aLoginShellThatHangsIsAFailureOfItsHost() throws IOException {
    List<String> config = new ArrayList<>(at("hung", HUNG));
    config.addAll(Fleet.hosts(2));
    assertThat(exec(config, "hung,n[001-002]", "echo", "up")).isEqualTo(ExitCodes.FAILED);
    assertThat(console.stdout()).isEqualTo("== 2 of 3 hosts: n[001-002]\nup\n");
    assertThat(console.stderr()).contains("'hung' was reached, but");
  }

  @Test
  void killedAmidTwentyHostsItLeavesNothing() throws Exception {
    KilledRound.Held held = new KilledRound(SSHD, directory, 20).run();
    assertThat(held.commands()).isEqualTo(17);
    // A login of a dead host, and the process that watches over all connections.
    assertThat(held.started()).isLessThanOrEqualTo(4);
    assertThat(held.threads()).isLessThan(150);
    assertThat(held.descriptors()).isLessThan(300);
  }
}

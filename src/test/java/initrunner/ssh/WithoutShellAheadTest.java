package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Command;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.transport.Transport;
import initrunner.exec.transport.TransportContract;
import initrunner.role.RoleLoader;
import initrunner.runtime.RoleSandbox;
import initrunner.ssh.client.SshTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A role that lets no shell wait on the host.
class WithoutShellAheadTest extends TransportContract {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @RegisterExtension static final SshdExtension full = new SshdExtension("MaxSessions 2");

  private static SshTransport transport;

  @BeforeAll
  static void open() throws IOException {
    transport = new SshTransport(target(sshd));
    transport.open();
  }

  @AfterAll
  static void close() {
    transport.close();
  }

  private static SshTarget target(SshdExtension host) throws IOException {
    Path role =
        Files.writeString(
            Files.createTempFile(host.directory(), "role", ".yaml"),
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata: {name: without-shell-ahead}
            spec:
              role: Runs commands.
              model: {provider: anthropic, name: some-model}
              security:
                sandbox:
                  backend: ssh
                  ssh: {host: %s, config_file: %s, shell_ahead: false}
            """
                .formatted(SshdExtension.HOST, host.configFile()));
    return RoleSandbox.target(RoleLoader.load(role).sandbox().ssh().orElseThrow());
  }

  @Override
  protected Transport transport() {
    return transport;
  }

  @Override
  protected Path workDirectory() {
    return sshd.home();
  }

  /// When another connection's shell waits, as late a one of this connection's would.
  @Test
  void noShellWaitsOnTheHost() {
    Limits limits = Limits.timeout(Duration.ofSeconds(30));
    assertThat(transport.run(Command.of("true"), limits, Sink.DISCARD).ended())
        .isEqualTo(new Exited(0));
    try (SshTransport other = new SshTransport(sshd.target())) {
      other.open();
      long waiting = ShellsAhead.await(sshd);
      assertThat(ShellsAhead.on(sshd)).containsExactly(waiting);
    }
  }

  @Test
  void callsBeyondTheServersSessionsWait() throws Exception {
    try (SshTransport limited = new SshTransport(target(full));
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Outcome>> calls =
          IntStream.range(0, 6)
              .mapToObj(call ->
                  callers.submit(() ->
                      limited.run(
                          Command.of("sleep", "0.2"),
                          Limits.timeout(Duration.ofSeconds(60)),
                          Sink.DISCARD)))
              .toList();
      for (Future<Outcome> call : calls) {
        assertThat(call.get().ended()).isEqualTo(new Exited(0));
      }
      assertThat(ShellsAhead.on(full)).isEmpty();
    }
  }
}

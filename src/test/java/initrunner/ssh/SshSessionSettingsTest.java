package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.transport.Transport;
import initrunner.ssh.client.SshConfiguration;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.mux.SessionRequests;
import initrunner.ssh.process.SshProcessTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the user's configuration asks for a session reaches the command as if by `ssh` itself.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SshSessionSettingsTest {

  @RegisterExtension
  static final SshdExtension sshd = new SshdExtension("AcceptEnv GREETING FAREWELL " + sent());

  @TempDir private Path directory;

  enum Kind {
    MULTIPLEXING,
    PROCESS;

    private Transport open(SshTarget target) {
      return switch (this) {
        case MULTIPLEXING -> new SshTransport(target);
        case PROCESS -> new SshProcessTransport(target);
      };
    }
  }

  /// A variable of this process that no server sets by itself.
  private static String sent() {
    Set<String> ofTheServer =
        Set.of("PATH", "HOME", "USER", "LOGNAME", "SHELL", "MAIL", "PWD", "OLDPWD", "_", "SHLVL");
    return System.getenv().entrySet().stream()
        .filter(each -> each.getKey().matches("[A-Z_]+") && !ofTheServer.contains(each.getKey()))
        .filter(each -> each.getValue().matches("[!-~]+"))
        .map(Map.Entry::getKey)
        .min(String::compareTo)
        .orElseThrow();
  }

  private static String stdout(Kind kind, SshTarget target, String script) {
    Captured captured = new Captured(10_000);
    try (Transport transport = kind.open(target)) {
      transport.run(
          Command.of("sh", "-c", script), Limits.timeout(Duration.ofSeconds(30)), captured);
    }
    return captured.stdoutText();
  }

  @ParameterizedTest
  @EnumSource
  void sendEnvReachesTheCommand(Kind kind) {
    String name = sent();
    SshTarget target = sshd.targetVia(sshd.port(), "SendEnv " + name.substring(0, 2) + "*");
    assertThat(stdout(kind, target, "printf %s \"$" + name + "\"")).isEqualTo(System.getenv(name));
  }

  @ParameterizedTest
  @EnumSource
  void withoutSendEnvNothingOfThisProcessReachesTheCommand(Kind kind) {
    assertThat(stdout(kind, sshd.target(), "printf %s \"${" + sent() + "-unset}\""))
        .isEqualTo("unset");
  }

  @ParameterizedTest
  @EnumSource
  void setEnvReachesTheCommandWhereTheServerAcceptsIt(Kind kind) {
    SshTarget target =
        sshd.targetVia(
            sshd.port(), "SetEnv GREETING=\"it is $HOME; 'all'\" REFUSED=x FAREWELL=bye");
    String script = "printf '%s|%s|%s' \"$GREETING\" \"${REFUSED-unset}\" \"$FAREWELL\"";
    assertThat(stdout(kind, target, script)).isEqualTo("it is $HOME; 'all'|unset|bye");
  }

  @ParameterizedTest
  @EnumSource
  void forwardAgentLendsTheKeysOfTheAgent(Kind kind) throws Exception {
    try (Agent agent = Agent.start(directory)) {
      SshTarget target =
          sshd.targetVia(sshd.port(), "ForwardAgent yes", "IdentityAgent " + agent.socket());
      assertThat(stdout(kind, target, "ssh-add -L")).isEqualTo(agent.publicKey());
    }
  }

  @ParameterizedTest
  @EnumSource
  void withoutForwardAgentThereIsNone(Kind kind) throws Exception {
    try (Agent agent = Agent.start(directory)) {
      SshTarget target =
          sshd.targetVia(sshd.port(), "ForwardAgent no", "IdentityAgent " + agent.socket());
      assertThat(stdout(kind, target, "printf %s \"${SSH_AUTH_SOCK-unset}\"; ssh-add -L"))
          .isEqualTo("unset");
    }
  }

  @Test
  void sendEnvSendsWhatItsPatternsName() {
    SshConfiguration configuration = SshConfiguration.parse("sendenv LC_*\nsendenv X?\n");
    assertThat(
            SessionRequests.of(
                    configuration, Map.of("LC_ALL", "C", "XY", "1", "XYZ", "2", "OTHER", "3"))
                .variables())
        .containsExactlyInAnyOrder(
            new SessionRequests.Variable("LC_ALL", "C"), new SessionRequests.Variable("XY", "1"));
  }

  @Test
  void whatTheLocaleCannotReadIsNotSentAsSomethingElse() {
    SshConfiguration configuration = SshConfiguration.parse("sendenv X*\n");
    assertThat(
            SessionRequests.of(configuration, Map.of("XA", "caf\uFFFD\uFFFD", "XB", "café"))
                .variables())
        .containsExactly(new SessionRequests.Variable("XB", "café"));
  }

  /// An `ssh-agent` with one key of its own.
  private record Agent(Process process, Path socket, String publicKey) implements AutoCloseable {

    static Agent start(Path directory) throws IOException, InterruptedException {
      Path key = directory.resolve("agents_key");
      run(Map.of(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lent", "-f", "" + key);
      // A socket's path has to be short.
      Path socket = Files.createTempDirectory(Path.of("/tmp"), "irt-agent").resolve("s");
      Process process =
          new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      while (!Files.exists(socket)) {
        assertThat(process.isAlive()).isTrue();
        Thread.sleep(10);
      }
      run(Map.of("SSH_AUTH_SOCK", socket.toString()), "ssh-add", "-q", key.toString());
      return new Agent(process, socket, Files.readString(directory.resolve("agents_key.pub")));
    }

    private static void run(Map<String, String> environment, String... command)
        throws IOException, InterruptedException {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putAll(environment);
      Process process = builder.start();
      String said = process.inputReader().readAllAsString();
      assertThat(process.waitFor()).as(said).isZero();
    }

    @Override
    public void close() throws IOException {
      process.destroy();
      process.onExit().join();
      Files.deleteIfExists(socket);
      Files.delete(socket.resolveSibling(""));
    }
  }
}

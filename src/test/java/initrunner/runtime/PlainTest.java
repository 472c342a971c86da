package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.TransportException;
import initrunner.role.RoleLoader;
import initrunner.ssh.SshdExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Commands without a launcher, on this machine and on a host over ssh.
class PlainTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @TempDir static Path directory;

  private static Sandbox opened(String lines) throws Exception {
    String role =
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata:
          name: plain
        spec:
          role: You work.
          tools: [{type: shell}]
          security:
            sandbox:
        """
            + lines.indent(6);
    Path file = Files.writeString(directory.resolve("role.yaml"), role);
    Sandbox made = Sandbox.of(RoleLoader.load(file), System.getenv());
    made.open();
    return made;
  }

  /// The contract alone.
  abstract static class Plain extends LauncherContract {

    @Override
    protected Duration begins() {
      return Duration.ofSeconds(1);
    }

    private Sandbox sandbox;

    @BeforeAll
    void open() throws Exception {
      Files.createDirectories(directory());
      sandbox = another();
    }

    @AfterAll
    void close() {
      sandbox.close();
    }

    @Override
    protected Sandbox sandbox() {
      return sandbox;
    }
  }

  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class OnThisMachine extends Plain {

    /// No other process stands between this one and the command to report a status.
    @Test
    @Override
    void aCommandThatIsNotThereIs127() {
      assertThatThrownBy(() -> run(Command.of("no-such-program-x"), Limits.unbounded()))
          .isInstanceOfSatisfying(
              TransportException.class,
              e -> assertThat(e.kind()).isEqualTo(TransportException.Kind.COMMAND_NOT_FOUND))
          .hasMessageContaining("no-such-program-x");
    }

    @Override
    protected Sandbox another() throws Exception {
      return opened("backend: none");
    }

    @Override
    protected Path directory() {
      return directory;
    }
  }

  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class OverSsh extends Plain {

    @Override
    protected Sandbox another() throws Exception {
      return opened(
          """
          backend: ssh
          ssh: {host: %s, config_file: %s, remote_cwd: ~/work}
          """
              .formatted(SshdExtension.HOST, sshd.configFile()));
    }

    @Override
    protected Path directory() {
      return sshd.home().resolve("work");
    }
  }
}

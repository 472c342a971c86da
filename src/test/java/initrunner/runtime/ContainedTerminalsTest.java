package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Command;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.transport.TerminalContract;
import initrunner.exec.transport.TypedTerminal;
import initrunner.launch.DockerExtension;
import initrunner.role.RoleLoader;
import initrunner.ssh.SshdExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Terminals of commands that bubblewrap and a real engine contain, on this machine and on a host
/// over ssh.
class ContainedTerminalsTest {

  @Order(1)
  @RegisterExtension
  static final DockerExtension docker = new DockerExtension();

  @Order(2)
  @RegisterExtension
  static final SshdExtension sshd =
      new SshdExtension().withEnvironment("DOCKER_HOST=" + docker.host());

  @TempDir static Path directory;

  @BeforeAll
  static void directoryOnTheHost() throws Exception {
    Files.createDirectories(sshd.home().resolve("work"));
  }

  /// @param backend as a role names it
  private static String role(String backend) {
    return """
    apiVersion: initrunner/v1
    kind: Agent
    metadata:
      name: contained
    spec:
      role: You work.
      tools: [{type: shell}]
      security:
        sandbox:
          backend: %s
          memory_limit: 64m
          docker: {image: %s}
    """
        .formatted(backend, DockerExtension.IMAGE);
  }

  private static String remoteRole(String launcher) {
    return role("ssh")
        + """
              ssh:
                host: %s
                config_file: %s
                remote_cwd: ~/work
                launcher: %s
        """
            .formatted(SshdExtension.HOST, sshd.configFile(), launcher);
  }

  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  abstract static class Contained extends TerminalContract {

    private final Sandbox sandbox;

    Contained(String role) throws Exception {
      Map<String, String> environment = new HashMap<>(System.getenv());
      environment.put("DOCKER_HOST", docker.host());
      Path file = Files.writeString(directory.resolve("role.yaml"), role);
      sandbox = Sandbox.of(RoleLoader.load(file), environment);
      sandbox.open();
    }

    @Override
    protected Outcome run(Command command, Limits limits, TypedTerminal typed) {
      String callId = Long.toHexString(ThreadLocalRandom.current().nextLong());
      return sandbox.run(command, callId, limits, typed);
    }

    @AfterAll
    void close() {
      sandbox.close();
    }

    @AfterEach
    void noContainerIsLeft() throws Exception {
      assertThat(docker.containers()).isEmpty();
    }
  }

  abstract static class InBubblewrap extends Contained {

    InBubblewrap(String role) throws Exception {
      super(role);
    }

    @Test
    void aShellForAPersonHasJobs() {
      TypedTerminal typed = new TypedTerminal(80, 24);
      typed.whenShown(
          "$ ",
          () -> {
            typed.type("(trap 'echo went on' CONT; echo start''ed; while :; do sleep 0.1; done)\r");
            typed.whenShown(
                "started",
                () -> {
                  typed.type("\u001a");
                  typed.whenShown("Stopped", "kill %1; exec sh -c 'exit 4'\r");
                });
          });
      Command shell =
          new Command(
              List.of("bash", "--norc", "-i"),
              Map.of("PS1", "$ "),
              Optional.empty(),
              typed.stdin());
      assertThat(run(shell, Limits.timeout(Duration.ofSeconds(50)), typed).ended())
          .isEqualTo(new Exited(4));
      assertThat(typed.shown()).contains("Stopped").doesNotContain("no job control");
    }

    @Test
    void aCommandThatAKeyStopsGoesOn() {
      TypedTerminal typed = new TypedTerminal(80, 24);
      typed.whenShown("ready", "\u001a");
      Command command =
          Command.of("sh", "-c", "trap 'exit 5' CONT; echo ready; while :; do sleep 0.1; done")
              .withStdin(typed.stdin());
      assertThat(run(command, Limits.timeout(Duration.ofSeconds(50)), typed).ended())
          .isEqualTo(new Exited(5));
    }
  }

  abstract static class InDocker extends Contained {

    InDocker(String role) throws Exception {
      super(role);
    }

    /// Before version 1.2, runc does not set the size: the client does, in a moment.
    @Override
    protected String settled() {
      return "until [ \"$(stty size 2>&1)\" = '33 101' ]; do sleep 0.1; done; ";
    }
  }

  @Nested
  class BubblewrapHere extends InBubblewrap {
    BubblewrapHere() throws Exception {
      super(role("bwrap"));
    }
  }

  @Nested
  class BubblewrapOverSsh extends InBubblewrap {
    BubblewrapOverSsh() throws Exception {
      super(remoteRole("bwrap"));
    }
  }

  @Nested
  class DockerHere extends InDocker {
    DockerHere() throws Exception {
      super(role("docker"));
    }
  }

  @Nested
  class DockerOverSsh extends InDocker {
    DockerOverSsh() throws Exception {
      super(remoteRole("docker"));
    }
  }
}

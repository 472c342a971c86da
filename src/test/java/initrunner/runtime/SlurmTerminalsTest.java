package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Command;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.transport.LocalTransport;
import initrunner.exec.transport.TerminalContract;
import initrunner.exec.transport.TypedTerminal;
import initrunner.launch.ResourceLimits;
import initrunner.launch.ResourceLimits.Policy;
import initrunner.launch.SlurmExtension;
import initrunner.launch.slurm.SlurmLauncher;
import initrunner.launch.slurm.SlurmRequest;
import initrunner.role.RoleLoader;
import initrunner.runtime.confine.SandboxHost;
import initrunner.ssh.SshdExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Terminals of jobs of a real Slurm cluster, sent from this machine and from a host over ssh.
class SlurmTerminalsTest {

  @Order(1)
  @RegisterExtension
  static final SlurmExtension slurm = new SlurmExtension(SlurmExtension.Limits.HELD);

  @Order(2)
  @RegisterExtension
  static final SshdExtension sshd = new SshdExtension("PermitUserEnvironment yes");

  @TempDir static Path directory;

  private static Sandbox onThisMachine() {
    Map<String, String> environment = new HashMap<>(slurm.environment());
    environment.put("PATH", System.getenv("PATH"));
    ResourceLimits limits = new ResourceLimits(64L << 20, 1.0, 256, Policy.ENFORCE);
    return new Sandbox(
        new SandboxHost("slurm", Optional.empty(), Optional.of(directory.toString())),
        new LocalTransport(environment),
        probe -> SlurmLauncher.prepare(SlurmRequest.of(limits), probe),
        Variables.DEFAULT);
  }

  private static Sandbox overSsh() throws Exception {
    Path keys = sshd.directory().resolve("authorized_keys");
    String login = "environment=\"SLURM_CONF=" + slurm.environment().get("SLURM_CONF") + "\" ";
    Files.writeString(keys, login + Files.readString(keys));
    Files.createDirectories(sshd.home().resolve("work"));
    String role =
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata:
          name: cluster
        spec:
          role: You work.
          tools: [{type: shell}]
          security:
            sandbox:
              backend: ssh
              memory_limit: 64m
              cpu_limit: 0.5
              ssh:
                host: %s
                config_file: %s
                remote_cwd: ~/work
                launcher: slurm
        """
            .formatted(SshdExtension.HOST, sshd.configFile());
    Path file = Files.writeString(directory.resolve("role.yaml"), role);
    return Sandbox.of(RoleLoader.load(file), System.getenv());
  }

  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  abstract static class Jobs extends TerminalContract {

    private final Sandbox sandbox;

    Jobs(Sandbox sandbox) {
      this.sandbox = sandbox;
      sandbox.open();
    }

    @Override
    protected Outcome run(Command command, Limits limits, TypedTerminal typed) {
      String callId = Long.toHexString(ThreadLocalRandom.current().nextLong());
      return sandbox.run(command, callId, limits, typed);
    }

    /// `srun` leaves it to our terminal to write a carriage return before each newline, of which
    /// the node's terminal has written one.
    @Override
    protected String shown(TypedTerminal typed) {
      return typed.shown().replace("\r\r\n", "\r\n");
    }

    /// It could make the caller run the command once more.
    @Test
    void aCommandThatSaysThatItWasNotStartedIsNotBelieved() {
      TypedTerminal typed = new TypedTerminal(80, 24);
      String lie =
          """
          f=$(tr '\\0' '\\n' </proc/$PPID/cmdline | grep -m 1 initrunner-end)
          [ -n "$f" ] && printf "$f" 3 unstarted
          exit 3
          """;
      Command command = Command.of("sh", "-c", lie).withStdin(typed.stdin());
      assertThat(run(command, Limits.unbounded(), typed).ended()).isEqualTo(new Exited(3));
    }

    @AfterEach
    void noJobIsLeft() {
      assertThat(slurm.administer("squeue", "--noheader", "--states=RUNNING,PENDING")).isBlank();
    }

    @AfterAll
    void close() {
      sandbox.close();
    }
  }

  @Nested
  class Here extends Jobs {
    Here() {
      super(onThisMachine());
    }
  }

  @Nested
  class OverSsh extends Jobs {
    OverSsh() throws Exception {
      super(overSsh());
    }
  }
}

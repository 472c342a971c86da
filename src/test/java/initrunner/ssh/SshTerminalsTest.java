package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.SecretEnvironment;
import initrunner.exec.transport.TerminalContract;
import initrunner.exec.transport.Transport;
import initrunner.exec.transport.TypedTerminal;
import initrunner.ssh.process.SshProcessTransport;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Terminals on a host, over a shared connection and by a process for each call.
class SshTerminalsTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  abstract static class OnAHost extends TerminalContract {

    private final Transport transport;

    OnAHost(Transport transport) {
      this.transport = transport;
    }

    @Override
    protected Outcome run(Command command, Limits limits, TypedTerminal typed) {
      return transport.run(command, limits, typed);
    }

    /// Secrets go to the shell in front of the keys.
    @Test
    void aCommandWithSecretsGetsThemUnseenAndItsKeysToo() {
      TypedTerminal typed = new TypedTerminal(80, 24);
      typed.type("early\r");
      SecretEnvironment secrets = SecretEnvironment.of(Map.of("HIDDEN", "hunter2"));
      Command command =
          Command.of("sh", "-c", "read -r line; stty size; echo \"$line ${#HIDDEN}\"; exit 5")
              .withSecrets(secrets)
              .withStdin(typed.stdin());
      assertThat(run(command, Limits.unbounded(), typed).ended()).isEqualTo(new Exited(5));
      assertThat(typed.shown()).isEqualTo("early\r\n24 80\r\nearly 7\r\n");
    }

    @BeforeAll
    void open() {
      transport.open();
    }

    @AfterAll
    void close() {
      transport.close();
    }
  }

  @Nested
  class Shared extends OnAHost {
    Shared() {
      super(new SshTransport(sshd.target()));
    }

    @Override
    protected Ended killedBy(String signal, int number) {
      return new Ended.Signaled(signal);
    }
  }

  @Nested
  class ByAProcess extends OnAHost {
    ByAProcess() {
      super(new SshProcessTransport(sshd.target()));
    }

    @Override
    protected Ended killedBy(String signal, int number) {
      return new Ended.Signaled("unknown");
    }
  }
}

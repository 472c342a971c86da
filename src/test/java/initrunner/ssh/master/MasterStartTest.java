package initrunner.ssh.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.transport.SearchPath;
import initrunner.ssh.PrivateDirectories;
import initrunner.ssh.SshProgram;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A login that begins before `ssh -G` has said what the configuration is.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class MasterStartTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @TempDir Path directory;
  private long loginsBefore;
  private List<Path> directoriesBefore = List.of();

  @BeforeEach
  void count() throws IOException {
    loginsBefore = sshd.logins();
    directoriesBefore = directories();
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(directories()).isEqualTo(directoriesBefore);
  }

  private static List<Path> directories() throws IOException {
    return PrivateDirectories.of(ProcessHandle.current().pid());
  }

  /// @param onQuestion what `ssh` does first when it is asked for the configuration
  private SshProgram ssh(String onQuestion) throws IOException {
    return SshProgram.before(
        directory,
        """
        case " $* " in *' -G '*)
        %s
        ;; esac
        printf '%%s\n' "$*" >>'%s'
        """
            .formatted(onQuestion, directory.resolve("calls")));
  }

  private static Master start(SshProgram ssh) {
    return MasterStart.begin(sshd.target(), ssh.searchPath(), Optional.empty()).finish();
  }

  /// Those calls of `ssh` that log in.
  private List<String> loginCalls() throws IOException {
    Path calls = directory.resolve("calls");
    return (Files.exists(calls) ? Files.readAllLines(calls) : List.<String>of())
        .stream().filter(call -> call.contains("LogLevel=INFO")).toList();
  }

  @Test
  void doesNotWaitForTheConfiguration() throws IOException {
    SshProgram ssh =
        ssh(
            """
            socket=${*#*ControlPath=}
            until [ -S "${socket%% *}" ]; do sleep 0.02; done
            """);
    try (Master made = start(ssh)) {
      assertThat(made.isAlive()).isTrue();
      assertThat(made.configuration().hasKeepAlive()).isFalse();
    }
    assertThat(loginCalls()).singleElement().asString().contains("ServerAliveInterval=15");
    assertThat(sshd.logins() - loginsBefore).isEqualTo(1);
  }

  @Test
  void isDoneAgainWhereTheConfigurationHasAKeepAliveAfterAll() throws IOException {
    try (Master made = start(ssh("set -- -o ServerAliveInterval=42 \"$@\""))) {
      assertThat(made.configuration().serverAliveSeconds()).isEqualTo(42);
      assertThat(made.isAlive()).isTrue();
    }
    assertThat(loginCalls()).hasSize(2).last().asString().doesNotContain("ServerAliveInterval=15");
  }

  @Test
  void isDoneAgainWhereTheClientDoesNotKnowAnOptionOfOurs() throws IOException {
    SshProgram ssh =
        ssh(
            """
            esac
            case " $* " in *StdinNull*)
              echo 'command-line: line 0: Bad configuration option: stdinnull' >&2; exit 255
            """);
    try (Master made = start(ssh)) {
      assertThat(made.isAlive()).isTrue();
    }
    assertThat(loginCalls()).singleElement().asString().doesNotContain("StdinNull");
  }

  @Test
  void endsAMasterWhoseSocketIsRemovedBeforeItIsAsked() throws IOException {
    SshProgram ssh =
        ssh(
            """
            ;; *)
            %s "$@"
            status=$?
            socket=${*#*ControlPath=}
            rm -f "${socket%%%% *}"
            exit $status
            """
                .formatted(SearchPath.find("ssh").orElseThrow()));
    LoginAttempts attempts =
        new LoginAttempts(sshd.target(), ssh.searchPath(), Optional.of(System.getenv()));
    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(() -> attempts.finish(attempts.begin(Optional.empty()), new PoolLock()))
        .withMessageMatching(
            "the connection to 'my-build-box' cannot be used:"
                + " its control socket /tmp/initrunner-ssh-[0-9a-f]+/ctl.sock was removed");
    sshd.awaitNoClients();
  }

  /// It removes its socket itself.
  @Test
  void saysOfAMasterThatHasEndedThatTheConnectionWasLost() throws Exception {
    try (Master made =
        MasterStart.begin(sshd.target(), SearchPath.own(), Optional.empty()).finish()) {
      var _ = Master.exit(made.controlPath());
      made.process().orElseThrow().onExit().get();
      assertThat(made.controlPath()).doesNotExist();
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(made::firstSocket)
          .withMessageStartingWith("the connection to 'my-build-box' was lost at once");
    }
  }

  @Test
  void leavesNothingWhereTheConfigurationCannotBeUsed() throws IOException {
    SshProgram ssh = ssh("echo 'no such thing' >&2; exit 255");
    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(() -> start(ssh))
        .matches(e -> e.kind() == Kind.CLIENT_CONFIGURATION)
        .withMessageContaining("no such thing");
  }

  @Test
  void endsByAnInterruptWhileTheConfigurationIsAskedFor() throws Exception {
    SshProgram ssh = ssh("exec sleep 60");
    FutureTask<Master> starting = new FutureTask<>(() -> start(ssh));
    Thread thread = Thread.ofPlatform().start(starting);
    while (loginCalls().isEmpty()) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    thread.interrupt();
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(starting::get)
        .withCauseInstanceOf(TransportException.class);
  }
}

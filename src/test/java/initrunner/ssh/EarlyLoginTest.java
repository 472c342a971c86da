package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.master.SshLink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A login that begins before `ssh -G` has said what the configuration is.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EarlyLoginTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @TempDir Path directory;
  private long loginsBefore;
  private SshLink link = new SshLink(SshTarget.of("nowhere"));

  @BeforeEach
  void count() {
    loginsBefore = sshd.logins();
  }

  @AfterEach
  void close() {
    link.close();
  }

  /// @param onQuestion what `ssh` does first when it is asked for the configuration
  private SshLink.Prepared begin(String onQuestion) throws IOException {
    String script =
        """
        case " $* " in *' -G '*)
        %s
        ;; esac
        printf '%%s\\n' "$*" >>'%s'
        """
            .formatted(onQuestion, directory.resolve("calls"));
    SshProgram ssh = SshProgram.before(directory, script);
    link = new SshLink(sshd.target(), ssh.searchPath());
    SshLink.Prepared ready = link.prepare();
    link.begin();
    return ready;
  }

  /// Those calls of `ssh` that log in.
  private List<String> loginCalls() throws IOException {
    Path calls = directory.resolve("calls");
    return (Files.exists(calls) ? Files.readAllLines(calls) : List.<String>of())
        .stream().filter(call -> call.contains("LogLevel=INFO")).toList();
  }

  @Test
  void doesNotWaitForTheConfiguration() throws IOException {
    SshLink.Prepared ready =
        begin("until [ -S '" + directory.resolve("ctl") + "' ]; do sleep 0.02; done");
    Path socket = ready.directory().resolve("ctl.sock");
    Files.createSymbolicLink(directory.resolve("ctl"), socket);
    assertThat(ready.asked().isAnswered()).isFalse();
    ready.asked().ask();

    assertThat(link.current().configuration()).isEqualTo(ready.asked().await().configuration());
    assertThat(loginCalls()).singleElement().asString().contains("ServerAliveInterval=15");
    assertThat(sshd.logins() - loginsBefore).isEqualTo(1);
  }

  @Test
  void isDoneAgainWhereTheConfigurationHasAKeepAliveAfterAll() throws IOException {
    SshLink.Prepared ready = begin("set -- -o ServerAliveInterval=42 \"$@\"");
    ready.asked().ask();

    assertThat(link.current().configuration().serverAliveSeconds()).isEqualTo(42);
    assertThat(link.current().isAlive()).isTrue();
    assertThat(loginCalls()).hasSize(2).last().asString().doesNotContain("ServerAliveInterval=15");
  }

  @Test
  void isDoneAgainWhereTheClientDoesNotKnowAnOptionOfOurs() throws IOException {
    SshLink.Prepared ready =
        begin(
            """
            esac
            case " $* " in *StdinNull*)
              echo 'command-line: line 0: Bad configuration option: stdinnull' >&2; exit 255
            """);
    ready.asked().ask();

    assertThat(link.current().isAlive()).isTrue();
    assertThat(loginCalls()).singleElement().asString().doesNotContain("StdinNull");
  }

  @Test
  void leavesNothingWhereTheConfigurationCannotBeUsed() throws IOException {
    SshLink.Prepared ready = begin("echo 'no such thing' >&2; exit 255");
    ready.asked().ask();

    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(link::current)
        .matches(e -> e.kind() == Kind.CLIENT_CONFIGURATION)
        .withMessageContaining("no such thing");
    assertThat(ready.directory().resolve("ctl.sock")).doesNotExist();
  }

  @Test
  void endsWithTheLinkWhileTheConfigurationIsAskedFor() throws Exception {
    SshLink.Prepared ready = begin("exec sleep 60");
    Thread asking = Thread.ofPlatform().start(ready.asked()::ask);
    while (loginCalls().isEmpty()) {
      TimeUnit.MILLISECONDS.sleep(5);
    }

    link.close();
    assertThat(ready.directory()).doesNotExist();
    asking.interrupt();
    asking.join();
    assertThatExceptionOfType(TransportException.class).isThrownBy(ready.asked()::await);
  }
}

package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.process.SshProcessTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// How `ssh` is called for one command, as the program itself sees it.
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class SshCallTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  /// What the shell that records the calls adds to its environment.
  private static final Set<String> OF_THE_RECORDER = Set.of("_", "PWD", "OLDPWD", "SHLVL");

  /// The line behind which the command's own output begins.
  private static final String MARK = "printf '%s%s\\\\n' @initr unner-[0-9a-f]{16}; ";

  @TempDir Path directory;

  private Outcome run(SshProgram ssh, SshTarget target, Command command, Captured captured) {
    try (SshProcessTransport transport = new SshProcessTransport(target, ssh.searchPath())) {
      return transport.run(command, Limits.timeout(Duration.ofSeconds(20)), captured);
    }
  }

  private Outcome run(SshProgram ssh, Command command) {
    return run(ssh, sshd.target(), command, new Captured(1000));
  }

  private Command marked(String... argv) {
    return Command.of(argv).withWorkingDirectory(Optional.of(directory.toString()));
  }

  @Test
  void aCallIsThisListOfArguments() throws IOException {
    SshProgram ssh = SshProgram.recording(directory);
    Command command =
        marked("printenv", "GREETING").withEnvironment(Map.of("GREETING", "hello world"));
    assertThat(run(ssh, command).ended()).isEqualTo(new Exited(0));
    List<String> call = ssh.callOf(" printenv GREETING");
    String controlPath =
        call.stream()
            .filter(option -> option.startsWith("ControlPath="))
            .findFirst()
            .orElseThrow()
            .substring("ControlPath=".length());
    String log = call.get(call.indexOf("-E") + 1);
    String remote = call.getLast();
    assertThat(controlPath).matches("/tmp/initrunner-ssh-[0-9a-f]+/ctl.sock");
    assertThat(log).startsWith(controlPath.replace("ctl.sock", ""));
    assertThat(remote)
        .matches(
            "cd DIR 2>/dev/null \\|\\| \\{ echo \"@initrunner-[0-9a-f]{16} directory\"; cd DIR 2>&1; exit 1; \\}; "
                    .replace("DIR", directory.toString())
                + MARK
                + "exec env INITRUNNER_CALL=[0-9a-f]{24} GREETING='hello world' printenv GREETING");
    assertThat(call)
        .containsExactly(
            "-F",
            sshd.configFile().toString(),
            "-o",
            "BatchMode=yes",
            "-o",
            "ConnectTimeout=10",
            "-o",
            "ControlMaster=auto",
            "-o",
            "ControlPath=" + controlPath,
            "-o",
            "ControlPersist=60s",
            "-o",
            "RemoteCommand=none",
            "-o",
            "RequestTTY=no",
            "-o",
            "ClearAllForwardings=yes",
            "-o",
            "ExitOnForwardFailure=no",
            "-o",
            "PermitLocalCommand=no",
            "-o",
            "ForwardX11=no",
            "-o",
            "Tunnel=no",
            "-o",
            "VisualHostKey=no",
            "-o",
            "LogVerbose=none",
            "-o",
            "EscapeChar=none",
            "-o",
            "StdinNull=no",
            "-o",
            "ForkAfterAuthentication=no",
            "-o",
            "SessionType=default",
            "-E",
            log,
            "-o",
            "LogLevel=DEBUG3",
            "-o",
            "ProxyCommand=false",
            "--",
            SshdExtension.HOST,
            remote);
  }

  private boolean logsInWithOurKeepAlive(String... options) throws IOException {
    SshProgram ssh = SshProgram.recording(directory);
    SshTarget target = sshd.targetVia(sshd.port(), options);
    assertThat(run(ssh, target, marked("true"), new Captured(100)).ended())
        .isEqualTo(new Exited(0));
    return ssh.calls().stream()
        .anyMatch(call ->
            call.contains("ServerAliveInterval=15") && call.contains("ServerAliveCountMax=3"));
  }

  @Test
  void theLoginHasAKeepAliveWhereTheUserHasNone() throws IOException {
    assertThat(logsInWithOurKeepAlive()).isTrue();
  }

  @Test
  void batchModeOfTheUsersIsNoKeepAliveOfTheUsers() throws IOException {
    assertThat(logsInWithOurKeepAlive("BatchMode yes")).isTrue();
  }

  @Test
  void aKeepAliveOfTheUsersStays() throws IOException {
    assertThat(logsInWithOurKeepAlive("ServerAliveInterval 60")).isFalse();
  }

  @Test
  void anIdentityFileIsHandedOn() throws IOException {
    SshProgram ssh = SshProgram.recording(directory);
    SshTarget own = sshd.target();
    SshTarget target =
        new SshTarget(
            own.host(),
            Optional.of(sshd.key()),
            own.configFile(),
            own.connectTimeout(),
            own.controlPersist());
    assertThat(run(ssh, target, marked("uname", "-n"), new Captured(100)).ended())
        .isEqualTo(new Exited(0));
    assertThat(ssh.callOf("uname -n"))
        .startsWith("-F", sshd.configFile().toString(), "-i", sshd.key().toString());
  }

  @Test
  void withoutADirectoryNoneOfThisMachinesIsNamed() throws IOException {
    SshProgram ssh = SshProgram.recording(directory);
    Captured captured = new Captured(1000);
    assertThat(run(ssh, sshd.target(), Command.of("pwd", "-P"), captured).ended())
        .isEqualTo(new Exited(0));
    assertThat(ssh.callOf("pwd -P").getLast())
        .matches(MARK + "exec env INITRUNNER_CALL=[0-9a-f]{24} pwd -P");
  }

  /// The agent's socket above all: nothing of it is kept from the local `ssh`.
  @Test
  void theLocalSshHasTheWholeEnvironment() throws IOException {
    SshProgram ssh = SshProgram.recording(directory);
    assertThat(run(ssh, Command.of("true")).ended()).isEqualTo(new Exited(0));
    List<Map<String, String>> environments = ssh.environments();
    assertThat(environments).hasSizeGreaterThan(2);
    for (Map<String, String> environment : environments) {
      assertThat(without(environment)).isEqualTo(without(System.getenv()));
    }
  }

  private static Map<String, String> without(Map<String, String> environment) {
    Map<String, String> rest = new HashMap<>(environment);
    rest.keySet().removeAll(OF_THE_RECORDER);
    return rest;
  }

  /// A client of before OpenSSH 8.7.
  @Test
  void aClientThatDoesNotKnowTheNewestOptionsIsCalledWithoutThem() throws IOException {
    SshProgram old =
        SshProgram.before(
            directory,
            """
            for argument; do
              case $argument in
                StdinNull=* | ForkAfterAuthentication=* | SessionType=*)
                  name=$(echo "${argument%%=*}" | tr A-Z a-z)
                  echo "command-line: line 0: Bad configuration option: $name" >&2
                  exit 255 ;;
              esac
            done
            """);
    assertThat(run(old, Command.of("sh", "-c", "exit 9")).ended()).isEqualTo(new Exited(9));
  }

  @Test
  void statusAndStreamsPassThrough() throws IOException {
    SshProgram ssh = SshProgram.recording(directory);
    Captured captured = new Captured(1000);
    Outcome outcome =
        run(
            ssh,
            sshd.target(),
            Command.of("sh", "-c", "echo hello; echo warn >&2; exit 2"),
            captured);
    assertThat(outcome.ended()).isEqualTo(new Exited(2));
    assertThat(captured.stdoutText()).isEqualTo("hello\n");
    assertThat(captured.stderrText()).isEqualTo("warn\n");
    assertThat(outcome.elapsed()).isPositive();
  }
}

package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.console.Console;
import initrunner.exec.ChildJvm;
import initrunner.ssh.SshdExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `exec -t` on a real pseudo-terminal, in a process of its own, over a real sshd and on this
/// machine.
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExecTerminalTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static final String CTRL_C = "\u0003";
  private static final String CTRL_D = "\u0004";

  /// Gives its arguments a terminal, types its standard input there, and keeps how the terminal was
  /// before and after.
  private static final String PTY = "import pty, sys; pty.spawn(['sh', '-c'] + sys.argv[1:])";

  private static final String ON_TERMINAL =
      "stty cols 101 rows 33; tty >tty; stty -g >before; \"$@\"; echo \"status $?\";"
          + " stty -g >after";

  @TempDir private Path directory;
  private final StringBuilder shown = new StringBuilder();

  @Test
  void keysAndCtrlCReachTheCommandAndTheTerminalIsAsBefore() throws Exception {
    Process exec = exec("tty; stty size; echo $TERM; exec cat");

    await(exec, "/dev/pts/");
    await(exec, "33 101\r\nvt100\r\n");
    type(exec, "typed\r");
    await(exec, "typed\r\ntyped\r\n");
    type(exec, CTRL_C);
    await(exec, "status 130");
    end(exec);

    assertThatTheTerminalIsAsBefore();
  }

  @Test
  void itsStatusIsTheCommandsAndTheAuditLogHasTheCall() throws Exception {
    Process exec = exec("read -r line; echo \"got $line\"; exit 7");

    type(exec, "early\r");
    await(exec, "got early");
    await(exec, "status 7");
    end(exec);

    CapturedConsole query =
        CapturedConsole.of(Map.of("INITRUNNER_HOME", directory.resolve("home").toString()));
    query.run("audit", "security-events", "--event-type", "sandbox.exec", "--format", "json");
    assertThat(query.stdout()).contains("argv0=sh rc=7 ", " ended=exited ").doesNotContain("early");
  }

  @Test
  void aNewSizeIsTold() throws Exception {
    Process exec =
        exec(
            "trap 's=$(stty size); echo $s; [ \"$s\" != \"30 90\" ] || exit 0' WINCH; echo ready; while :; do read -r _; done");

    await(exec, "ready");
    String tty = ownTty().strip();
    Process resize = new ProcessBuilder("stty", "-F", tty, "cols", "90", "rows", "30").start();
    assertThat(resize.waitFor()).isZero();
    await(exec, "30 90");
    await(exec, "status 0");
    end(exec);
  }

  @Test
  void aCutLinkGivesTheTerminalBack() throws Exception {
    Process exec = exec("echo begun; read -r _; kill -9 $PPID; exec sleep 1000");

    await(exec, "begun");
    type(exec, "\r");
    await(exec, "initrunner: lost the connection to");
    await(exec, "status 125");
    end(exec);

    assertThatTheTerminalIsAsBefore();
  }

  @Test
  void aSignalFromOutsideStopsTheCommandAndGivesTheTerminalBack() throws Exception {
    Process exec = exec("echo \"pid $$.\"; exec sleep 1000");

    Matcher remote = Pattern.compile("pid (\\d+)\\.").matcher(await(exec, ".\r\n"));
    assertThat(remote.find()).isTrue();
    exec.descendants()
        .filter(each -> each.info().command().stream().anyMatch(path -> path.endsWith("java")))
        .forEach(ProcessHandle::destroy);
    await(exec, "status 143");
    end(exec);

    assertThat(RemoteAgent.isRunning(Long.parseLong(remote.group(1)))).isFalse();
    assertThatTheTerminalIsAsBefore();
  }

  @Test
  void theEscapeStopsACommandThatAnswersNothing() throws Exception {
    Process exec = exec("trap '' INT HUP; echo ready; while :; do sleep 1; done");

    await(exec, "ready");
    type(exec, CTRL_C + CTRL_D + "\r~.");
    await(exec, "status 130");
    end(exec);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "OTHER | TERMINAL | the standard input is none",
        "TERMINAL | OTHER | the standard output is none",
      })
  void withoutATerminalHereItIsRefused(Console.Output input, Console.Output output, String said)
      throws Exception {
    assertThat(refused(input, output, "-t")).contains(said, "leave -t out");
  }

  @Test
  void optionsOfOtherFormsAreRefused() throws Exception {
    Console.Output terminal = Console.Output.TERMINAL;
    assertThat(refused(terminal, terminal, "-t", "--json")).contains("--json");
  }

  @Test
  void aRoleOfThisMachineGivesATerminalToo() throws Exception {
    Path role = role();
    String local = Files.readString(role).replaceFirst("(?s)backend: ssh.*", "backend: none\n");
    Files.writeString(role, local);
    Process exec = exec("tty; stty size; echo $TERM; exec cat");

    String tty = await(exec, "33 101\r\nvt100\r\n");
    assertThat(tty).contains("/dev/pts/").doesNotContain(ownTty());
    type(exec, "typed\r");
    await(exec, "typed\r\ntyped\r\n");
    type(exec, CTRL_C);
    await(exec, "status 130");
    end(exec);

    assertThatTheTerminalIsAsBefore();
  }

  private String ownTty() throws IOException {
    return Files.readString(directory.resolve("tty")).strip() + "\r";
  }

  private String refused(Console.Output input, Console.Output output, String... options)
      throws IOException {
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    Console console =
        new Console(
            InputStream.nullInputStream(),
            new ByteArrayOutputStream(),
            stderr,
            Map.of("INITRUNNER_HOME", directory.toString()),
            output,
            output,
            input);
    List<String> line = new ArrayList<>(List.of("exec", role().toString()));
    line.addAll(List.of(options));
    line.addAll(List.of("--", "top"));
    assertThat(Main.run(line.toArray(String[]::new), console)).isEqualTo(2);
    return stderr.toString(StandardCharsets.UTF_8).replaceAll("\\s+", " ");
  }

  private void assertThatTheTerminalIsAsBefore() {
    assertThat(directory.resolve("after")).hasSameTextualContentAs(directory.resolve("before"));
  }

  private Path role() throws IOException {
    Path role = directory.resolve("role.yaml");
    if (!Files.exists(role)) {
      Files.writeString(
          role,
          """
          apiVersion: initrunner/v1
          kind: Agent
          metadata:
            name: remote-build-agent
          spec:
            role: You run commands on the build host.
            security:
              sandbox:
                backend: ssh
                ssh:
                  host: %s
                  config_file: %s
          """
              .formatted(SshdExtension.HOST, sshd.configFile()));
    }
    return role;
  }

  /// @param script for `sh` on the host
  private Process exec(String script) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("python3", "-c", PTY, ON_TERMINAL, "sh")
            .directory(directory.toFile())
            .redirectErrorStream(true);
    builder
        .command()
        .addAll(
            ChildJvm.initrunner(
                List.of(
                    "-Dinitrunner.terminal=true",
                    "-Dinitrunner.terminal.stdin=true",
                    "-Dinitrunner.terminal.stderr=true"),
                "exec",
                role().toString(),
                "-t",
                "--",
                "sh",
                "-c",
                script));
    builder
        .environment()
        .putAll(Map.of("TERM", "vt100", "INITRUNNER_HOME", directory.resolve("home").toString()));
    return builder.start();
  }

  /// Reads until this text appears; earlier output is not searched again.
  ///
  /// @return what came up to its end
  private String await(Process exec, String text) throws IOException {
    byte[] chunk = new byte[4096];
    while (shown.indexOf(text) < 0) {
      int length = exec.getInputStream().read(chunk);
      assertThat(length).as("waiting for '%s' after:%n%s", text, shown).isPositive();
      shown.append(new String(chunk, 0, length, StandardCharsets.UTF_8));
    }
    int end = shown.indexOf(text) + text.length();
    String came = shown.substring(0, end);
    shown.delete(0, end);
    return came;
  }

  private static void end(Process exec) throws Exception {
    var _ = exec.getInputStream().readAllBytes();
    assertThat(exec.waitFor()).isZero();
  }

  private static void type(Process exec, String text) throws IOException {
    exec.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    exec.getOutputStream().flush();
  }
}

package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.exec.ChildJvm;
import initrunner.exec.transport.ShellStatus;
import initrunner.ssh.SshdExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExecCommandTest {

  @RegisterExtension static final SshdExtension SSHD = new SshdExtension();

  @TempDir private Path directory;
  private Path role = Path.of("");
  private CapturedConsole console = CapturedConsole.of(Map.of());

  @BeforeEach
  void writeARole() throws IOException {
    role = directory.resolve("role.yaml");
    Files.writeString(role, roleFor(SshdExtension.HOST));
    console = consoleWithStdin("");
  }

  private static String roleFor(String host) {
    return """
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
        .formatted(host, SSHD.configFile());
  }

  /// Without a login, a short timeout is the command's own.
  private void writeALocalRole() throws IOException {
    String local =
        roleFor(SshdExtension.HOST).replaceFirst("(?s)backend: ssh.*", "backend: none\n");
    Files.writeString(role, local);
  }

  private CapturedConsole consoleWithStdin(String text) {
    return CapturedConsole.withStdin(text, Map.of("INITRUNNER_HOME", directory.toString()));
  }

  private int exec(String... argv) {
    List<String> line = new ArrayList<>(List.of("exec", role.toString(), "--"));
    line.addAll(List.of(argv));
    return console.run(line.toArray(String[]::new));
  }

  private int execWith(List<String> options, String... argv) {
    List<String> line = new ArrayList<>(List.of("exec", role.toString()));
    line.addAll(options);
    line.add("--");
    line.addAll(List.of(argv));
    return console.run(line.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 124, 125, 127, 130, 255})
  void theExitStatusIsTheCommandsOwn(int status) {
    assertThat(exec("sh", "-c", "exit " + status)).isEqualTo(status);
    assertThat(console.stderr()).isEmpty();
  }

  @Test
  void bothStreamsArriveApartAndUntouched() {
    exec("sh", "-c", "printf '\\000\\377\\r\\n'; printf 'two\\001' >&2");
    assertThat(console.stdoutBytes()).containsExactly(0, 0xff, '\r', '\n');
    assertThat(console.stderr()).isEqualTo("two\u0001");
  }

  @Test
  void noShellReadsTheArguments() {
    exec("printf", "<%s>", "a b", "", "$HOME", "'\"\\", "*", "--", "é\n");
    assertThat(console.stdout()).isEqualTo("<a b><><$HOME><'\"\\><*><--><é\n>");
  }

  @Test
  void aLineOfAShellInOneWordIsToldToNameAShell() {
    assertThat(exec("ls -l \"$HOME\"")).isEqualTo(127);
    assertThat(console.stderr())
        .endsWith("for a line of a shell, name one: -- sh -c 'ls -l \"$HOME\"'\n");
    assertThat(exec("sh", "-c", "exit 127")).isEqualTo(127);
    assertThat(console.stderr()).containsOnlyOnce("no shell reads the words");
  }

  @Test
  void anArgumentThatTheLocaleCannotReadIsRefused() {
    assertThat(exec("touch", "a\uFFFDb")).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).contains("'a\uFFFDb'", "LC_ALL=C.UTF-8");
  }

  @Test
  void optionsBehindTheDelimiterAreTheCommands() {
    exec("echo", "--help", "-v", "--timeout");
    assertThat(console.stdout()).isEqualTo("--help -v --timeout\n");
  }

  @Test
  void aSignalIs128AndItsNumber() {
    assertThat(exec("sh", "-c", "kill -KILL $$")).isEqualTo(137);
  }

  @Test
  void aStatusThatCameBeforeTheLinkWentDownHoldsAndThatOutputMayBeMissingIsSaid() {
    String printsAndCutsTheLink =
        "serves=$PPID; { for i in $(seq 10); do echo $i; sleep 0.02; done;"
            + " kill -9 $serves; } & exit 7";
    assertThat(exec("sh", "-c", printsAndCutsTheLink)).isEqualTo(7);
    assertThat(console.stdout()).startsWith("1\n2\n");
    assertThat(console.stderr())
        .isEqualTo(
            "initrunner: lost the connection to my-build-box when the command was over; the end of"
                + " its output may be missing\n");
  }

  @Test
  void withoutStdinTheCommandGetsNone() {
    console = consoleWithStdin("typed");
    assertThat(exec("cat")).isZero();
    assertThat(console.stdout()).isEmpty();
  }

  @Test
  void aDashMeansOurStandardInput() {
    console = consoleWithStdin("typed");
    assertThat(execWith(List.of("--stdin", "-"), "cat")).isZero();
    assertThat(console.stdout()).isEqualTo("typed");
  }

  @Test
  void aFileCanBeTheInput() throws IOException {
    Path file = Files.writeString(directory.resolve("input"), "from a file");
    execWith(List.of("--stdin", file.toString()), "cat");
    assertThat(console.stdout()).isEqualTo("from a file");
  }

  @Test
  void aMissingInputFileIsAUsageError() {
    assertThat(execWith(List.of("--stdin", "/no/such"), "cat")).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).contains("--stdin cannot be read: /no/such");
  }

  /// The login counts toward the timeout, which leaves room for a slow one.
  @Test
  void aTimeoutStopsTheCommandAndSaysSo() {
    String printsAndStays = "echo started; exec sleep 300";
    assertThat(execWith(List.of("--timeout", "6s"), "sh", "-c", printsAndStays)).isEqualTo(124);
    assertThat(console.stdout()).isEqualTo("started\n");
    assertThat(console.stderr()).isEqualTo("initrunner: timed out; the command was stopped\n");
  }

  /// The server accepts connections and stays silent.
  @Test
  void aTimeThatIsUpDuringTheLoginStartsNothingAndNamesTheNextStep() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      Path config =
          Files.writeString(
              directory.resolve("silent"),
              "Host silent\n  HostName 127.0.0.1\n  Port " + silent.getLocalPort() + "\n");
      Files.writeString(
          role, roleFor("silent").replace(SSHD.configFile().toString(), config.toString()));
      assertThat(execWith(List.of("--timeout", "1s"), "true")).isEqualTo(ExitCodes.EXEC_FAILED);
      assertThat(console.stderr())
          .startsWith("initrunner: ")
          .contains("'silent'", "time was up", "Nothing was started", "more time")
          .doesNotContain("connect_timeout");
    }
  }

  @Test
  void variablesArriveAndSecretsAreNamedAndNotHandedOver() {
    execWith(
        List.of("--env", "GREETING=a b=c", "--env", "API_KEY=very-secret"),
        "sh",
        "-c",
        "echo \"$GREETING,$API_KEY\"");
    assertThat(console.stdout()).isEqualTo("a b=c,\n");
    assertThat(console.stderr())
        .contains("API_KEY", "export it", "secret_env")
        .doesNotContain("very-secret");
  }

  @Test
  void theOutputIsThereWhileTheCommandRuns() throws Exception {
    try (PipedOutputStream stdout = new PipedOutputStream();
        PipedInputStream seen = new PipedInputStream(stdout);
        PipedInputStream stdin = new PipedInputStream()) {
      Thread call;
      try (PipedOutputStream typed = new PipedOutputStream(stdin)) {
        Console live = console(stdin, stdout, OutputStream.nullOutputStream());
        String[] line = {"exec", role.toString(), "--stdin", "-", "--", "cat"};
        call = Thread.ofVirtual().start(() -> Main.run(line, live));
        typed.write("ping".getBytes(StandardCharsets.UTF_8));
        typed.flush();
        assertThat(seen.readNBytes(4)).asString().isEqualTo("ping");
      }
      call.join();
    }
  }

  private Console console(InputStream stdin, OutputStream stdout, OutputStream stderr) {
    return new Console(
        stdin,
        stdout,
        stderr,
        Map.of("INITRUNNER_HOME", directory.toString()),
        Console.Output.OTHER);
  }

  @Test
  void aReaderThatWentAwayStopsTheCommandQuietly() {
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    Console deaf = console(InputStream.nullInputStream(), failing("Broken pipe"), stderr);
    int status = Main.run(new String[] {"exec", role + "", "--", "yes"}, deaf);
    assertThat(status).isEqualTo(141);
    assertThat(stderr.size()).isZero();
  }

  @Test
  void aReaderThatDoesNotReadKeepsNoCallFromItsTimeout() throws Exception {
    writeALocalRole();
    try (PipedOutputStream stdout = new PipedOutputStream();
        PipedInputStream unread = new PipedInputStream(stdout)) {
      Console stuck = console(unread, stdout, OutputStream.nullOutputStream());
      String[] line = {"exec", role.toString(), "--timeout", "500ms", "--", "yes"};
      assertThat(Main.run(line, stuck)).isEqualTo(ExitCodes.TIMED_OUT);
    }
  }

  @Test
  void aReaderThatIsLateForTheOutputOfACommandThatEndedGetsNoStatusOfSuccess() throws Exception {
    String said = "timed out; the command was stopped";
    // On a busy machine the command may not be over in so short a time.
    for (int seconds = 3; seconds <= 24 && said.contains("timed out;"); seconds *= 2) {
      ByteArrayOutputStream stderr = new ByteArrayOutputStream();
      try (PipedOutputStream stdout = new PipedOutputStream();
          PipedInputStream unread = new PipedInputStream(stdout)) {
        Console stuck = console(unread, stdout, stderr);
        List<String> line = new ArrayList<>(List.of("exec", role.toString()));
        line.addAll(List.of("--timeout", seconds + "s", "--", "head", "-c", "100000", "/dev/zero"));
        assertThat(Main.run(line.toArray(String[]::new), stuck)).isEqualTo(ExitCodes.TIMED_OUT);
      }
      said = stderr.toString(StandardCharsets.UTF_8);
    }
    assertThat(said).contains("not all of its output was read in time");
  }

  @Test
  void aReaderThatDoesNotReadKeepsNoCallFromBeingInterrupted() throws Exception {
    try (PipedOutputStream stdout = new PipedOutputStream();
        PipedInputStream unread = new PipedInputStream(stdout)) {
      Console stuck = console(unread, stdout, OutputStream.nullOutputStream());
      String[] line = {"exec", role.toString(), "--", "yes"};
      int[] status = new int[1];
      Thread call = Thread.ofVirtual().start(() -> status[0] = Main.run(line, stuck));
      assertThat(unread.readNBytes(4)).asString().isEqualTo("y\ny\n");
      call.interrupt();
      call.join();
      assertThat(status[0]).isEqualTo(ShellStatus.CANCELLED);
    }
  }

  @Test
  void outputThatCannotBeWrittenStopsTheCommandWithTheReason() {
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    Console full =
        console(InputStream.nullInputStream(), failing("No space left on device"), stderr);
    int status = Main.run(new String[] {"exec", role + "", "--", "yes"}, full);
    assertThat(status).isEqualTo(ExitCodes.EXEC_FAILED);
    assertThat(stderr.toString(StandardCharsets.UTF_8)).contains("No space left on device");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Broken pipe", "No space left on device"})
  void theRecordSaysWhatBecameOfACommandWhoseOutputCannotBeWritten(String reason)
      throws IOException {
    writeALocalRole();
    Console failing =
        console(InputStream.nullInputStream(), failing(reason), OutputStream.nullOutputStream());
    Main.run(new String[] {"exec", role + "", "--", "yes"}, failing);
    assertThat(Thread.interrupted()).isFalse();
    assertThat(events()).contains("argv0=yes rc=130").contains("ended=cancelled stop=stopped");
  }

  private String events() {
    CapturedConsole query = CapturedConsole.of(Map.of("INITRUNNER_HOME", directory.toString()));
    query.run("audit", "security-events", "--event-type", "sandbox.exec", "--format", "csv");
    return query.stdout();
  }

  private static OutputStream failing(String reason) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException(reason);
      }
    };
  }

  @Test
  void jsonHasTheWholeCall() {
    int status = execWith(List.of("--json"), "sh", "-c", "echo out; echo err >&2; exit 3");
    assertThat(status).isEqualTo(3);
    assertThat(console.stderr()).isEmpty();
    assertThat(console.stdout())
        .hasLineCount(1)
        .startsWith("{\"ended\":\"exited\",\"status\":3,\"signal\":null,\"stop\":null,")
        .contains(
            "\"exit_code\":3",
            "\"backend\":\"ssh\"",
            "\"host\":\"" + SshdExtension.HOST + "\"",
            "\"output\":\"complete\"",
            "\"stdout_bytes\":4",
            "\"stdout\":\"out\\n\"",
            "\"stderr\":\"err\\n\"")
        .containsPattern("\"duration_ms\":\\d+");
  }

  @Test
  void jsonSaysWhatIsLeftOutAndHoldsBytesThatAreNoText() {
    execWith(
        List.of("--json"),
        "sh",
        "-c",
        "head -c 3000000 /dev/zero | tr '\\0' x; printf 'a\\377' >&2");
    assertThat(console.stdout())
        .contains(
            "\"output\":\"truncated\"",
            "\"stdout_bytes\":3000000",
            "\"stdout_truncated\":true,\"stdout_omitted_bytes\":1951424",
            "\"stderr_truncated\":false,\"stderr_omitted_bytes\":0",
            "\"stderr_base64\":\"Yf8=\"")
        .doesNotContain("stdout_base64");
  }

  @Test
  void aPipeThatNoCommandReadsIsNotDroppedSilently() throws Exception {
    for (List<String> more : List.of(List.<String>of(), List.of("--stdin", "-"))) {
      List<String> words = new ArrayList<>(List.of("exec", role.toString(), "--no-audit"));
      words.addAll(more);
      words.addAll(List.of("--", "cat"));
      Process process =
          new ProcessBuilder(ChildJvm.initrunner(List.of(), words.toArray(String[]::new)))
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().write("piped".getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().close();

      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(process.waitFor()).isZero();
      if (more.isEmpty()) {
        assertThat(said).contains("the pipe was not read; --stdin - passes it to the command");
      } else {
        assertThat(said).isEqualTo("piped");
      }
    }
  }

  @Test
  void aHostInPlaceOfARoleIsToldTheOption() {
    assertThat(console.run("exec", "alba", "--", "true")).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).contains("if that is a host, write --host alba");
  }

  @Test
  void verboseSaysHowTheHostIsReachedAndHowTheCallEnds() {
    console.run("-v", "exec", role.toString(), "--", "sh", "-c", "exit 3", "confidential");
    assertThat(console.stderr())
        .contains("ssh ", " -- " + SshdExtension.HOST)
        .containsPattern("Call \\S+ on " + SshdExtension.HOST + ": Exited\\[status=3\\] after \\d+")
        .doesNotContain("confidential");
  }

  @Test
  void jsonSaysWhichSignalAndWhetherATimedOutCommandWasStopped() throws IOException {
    execWith(List.of("--json"), "sh", "-c", "kill -KILL $$");
    assertThat(console.stdout()).contains("\"ended\":\"signaled\"", "\"signal\":\"KILL\"");
    writeALocalRole();
    execWith(List.of("--json", "--timeout", "500ms"), "sleep", "300");
    assertThat(console.stdout()).contains("\"ended\":\"timed_out\"", "\"stop\":\"stopped\"");
  }

  @Test
  void aHostThatCannotBeReachedIs125WithTheNextStep() throws IOException {
    Files.writeString(role, roleFor("no-such-host.invalid"));
    assertThat(exec("true")).isEqualTo(ExitCodes.EXEC_FAILED);
    assertThat(console.stdout()).isEmpty();
    assertThat(console.stderr())
        .startsWith("initrunner: ssh probe to 'no-such-host.invalid' returned rc=255")
        .contains("~/.ssh/config");
  }

  @Test
  void jsonTellsAProgramThatNothingWasStarted() throws IOException {
    Files.writeString(role, roleFor("no-such-host.invalid"));
    assertThat(execWith(List.of("--json"), "true")).isEqualTo(ExitCodes.EXEC_FAILED);
    assertThat(console.stdout())
        .contains(
            "\"ended\":\"not_started\"",
            "\"reason\":\"name_unknown\"",
            "\"exit_code\":125",
            "\"stderr_truncated\":null");
  }

  @Test
  void aRoleWithFaultsIsNotRun() throws IOException {
    Files.writeString(role, roleFor("-oProxyCommand=x").replace("kind: Agent", "kind: Agnt"));
    assertThat(exec("true")).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).hasLineCount(2).contains("role.yaml:2:", "Agnt", "-oProxyCommand");
  }

  @Test
  void aCallIsRecorded() {
    exec("echo", "confidential");
    assertThat(events())
        .contains("backend=ssh host=" + SshdExtension.HOST + " argv0=echo rc=0 duration_ms=")
        .doesNotContain("confidential");
  }

  @Test
  void withNoAuditNothingIsRecorded() throws IOException {
    execWith(List.of("--no-audit"), "true");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(role);
    }
  }

  @Test
  void anAuditLogIsNotBothNamedAndLeftOut() {
    Path database = directory.resolve("other.db");
    Path mark = directory.resolve("mark");
    assertThat(execWith(List.of("--no-audit", "--audit-db", database + ""), "touch", mark + ""))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr())
        .startsWith(
            "initrunner: --no-audit keeps no audit log, so it cannot be combined with --audit-db");
    assertThat(database).doesNotExist();
    assertThat(mark).doesNotExist();
  }

  @Test
  void theRecordCanBeElsewhere() {
    Path database = directory.resolve("other.db");
    execWith(List.of("--audit-db", database.toString()), "true");
    assertThat(database).exists();
    assertThat(directory.resolve("audit.db")).doesNotExist();
  }

  @Test
  void aRecordThatCannotBeKeptStopsTheCallBeforeItStarts() throws IOException {
    Path mark = directory.resolve("mark");
    Path database = Files.writeString(directory.resolve("file"), "no directory").resolve("x.db");
    assertThat(execWith(List.of("--audit-db", database + ""), "touch", mark + ""))
        .isEqualTo(ExitCodes.EXEC_FAILED);
    assertThat(console.stderr()).startsWith("initrunner: ").hasLineCount(2);
    assertThat(mark).doesNotExist();
  }

  @Test
  void withoutADelimiterThereIsNoCommand() {
    assertThat(console.run("exec", role.toString(), "uname")).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).contains("behind --", "initrunner exec --help");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "exec -- true",
        "exec one.yaml --host h -- true",
        "exec one.yaml two.yaml -- true",
        "exec --host -oProxyCommand=x -- true",
        "exec --host h --env NAME -- true",
        "exec --host h --env 1=2 -- true",
        "exec --host h --env INITRUNNER_CALL=x -- true",
        "exec --host h --timeout soon -- true",
        "exec --host h --timeout 200000d -- true",
        "exec --host h --",
        "exec --host h --jsno -- true"
      })
  void whatCannotBeMeantIsAUsageErrorInTwoLines(String line) {
    assertThat(console.run(line.split(" "))).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr())
        .startsWith("initrunner: ")
        .endsWith("Try 'initrunner exec --help'.\n")
        .hasLineCount(2);
    assertThat(console.stdout()).isEmpty();
  }

  @Test
  void helpTeachesByExample() {
    assertThat(console.run("exec", "--help")).isZero();
    assertThat(console.stdout())
        .contains("Usage: initrunner exec ROLE [OPTIONS] -- ARGV…", "exec role.yaml -- uname -n");
  }

  @Test
  void aLocalRoleRunsBesideItsFile() throws IOException {
    Files.writeString(role, roleFor("h").replace("backend: ssh", "backend: none"));
    assertThat(exec("pwd")).isZero();
    assertThat(console.stdout().strip()).isEqualTo(directory.toRealPath().toString());
  }
}

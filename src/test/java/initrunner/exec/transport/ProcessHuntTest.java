package initrunner.exec.transport;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Command;
import initrunner.exec.transport.ProcessHunt.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Hunts processes of this machine, each in a session of its own, as a call's processes are.
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ProcessHuntTest {

  private static final Duration GRACE = Duration.ofMillis(500);

  @TempDir Path directory;

  private final CallCookie cookie = CallCookie.random();
  private final Began begun = Began.now();
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void endWhatIsLeft() {
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void nothingIsFoundWhereNothingRuns() throws Exception {
    assertThat(hunt()).isEqualTo(Verdict.NONE_FOUND);
  }

  @Test
  void aProcessWithTheCookieIsStopped() throws Exception {
    Process process = marked("sleep", "600");
    assertThat(hunt()).isEqualTo(Verdict.STOPPED);
    assertThat(process.waitFor()).isEqualTo(128 + 15);
  }

  @Test
  void aProcessThatIgnoresTermIsKilled() throws Exception {
    Process process = markedShell("trap '' TERM; echo ready; while :; do sleep 0.05; done");
    assertThat(hunt()).isEqualTo(Verdict.STOPPED);
    assertThat(process.waitFor()).isEqualTo(128 + 9);
  }

  @Test
  void aSuspendedProcessIsStopped() throws Exception {
    Process process = markedShell("echo ready; kill -STOP $$; sleep 600");
    assertThat(hunt()).isEqualTo(Verdict.STOPPED);
    assertThat(process.waitFor()).isEqualTo(128 + 15);
  }

  /// Its environment can no longer be read.
  @Test
  void aKnownProcessWhoseFirstThreadIsOverIsStopped() throws Exception {
    String script =
        """
        import ctypes, threading, time
        threading.Thread(target=time.sleep, args=(600,)).start()
        print("ready", flush=True)
        ctypes.CDLL(None).pthread_exit(None)
        """;
    Process process = marked("python3", "-c", script);
    assertThat(lineOf(process)).isEqualTo("ready");
    while (!Files.readString(Path.of("/proc/" + process.pid() + "/stat")).contains(") Z ")) {
      LockSupport.parkNanos(1_000_000);
    }
    String pid = Long.toString(process.pid());
    assertThat(hunt(ProcessHunt.command(cookie, begun, GRACE, pid).argv(), Map.of()))
        .isEqualTo(Verdict.STOPPED);
    assertThat(process.waitFor()).isGreaterThan(128);
  }

  @Test
  void aChildThatClearedItsEnvironmentIsFoundThroughTheSession() throws Exception {
    Process process = markedShell("env -i sleep 600 & echo ready; echo $!; wait");
    long child = Long.parseLong(lineOf(process));
    assertThat(hunt()).isEqualTo(Verdict.STOPPED);
    assertThat(runs(child)).isFalse();
  }

  @Test
  void aProcessKnownToBelongToTheCallNeedsNoCookie() throws Exception {
    Process process = start(Map.of(), "sleep", "600");
    String pid = Long.toString(process.pid());
    assertThat(hunt(ProcessHunt.command(cookie, begun, GRACE, pid).argv(), Map.of()))
        .isEqualTo(Verdict.STOPPED);
    assertThat(process.waitFor()).isEqualTo(128 + 15);
  }

  @Test
  void aChildThatIsBornOfTheSignalIsStopped() throws Exception {
    markedShell("trap 'setsid sleep 600 & exit' TERM; echo ready; while :; do sleep 0.05; done");
    assertThat(hunt()).isEqualTo(Verdict.STOPPED);
    assertThat(hunt()).isEqualTo(Verdict.NONE_FOUND);
  }

  /// No list of process ids is current here: each process lives only until the next one starts.
  @Test
  void aChainOfProcessesThatReplaceEachOtherIsStopped() throws Exception {
    markedShell("trap '' TERM; next() { sleep 0.02; next & }; echo ready; next; sleep 600");
    assertThat(hunt()).isEqualTo(Verdict.STOPPED);
    assertThat(hunt()).isEqualTo(Verdict.NONE_FOUND);
  }

  @Test
  void aCallWithinTheCallIsStoppedWithIt() throws Exception {
    Command within =
        CallCookie.random()
            .markWithin(Map.of(CallCookie.VARIABLE, cookie.value()), Command.of("true"));
    Process process = start(within.environment(), "sleep", "600");
    assertThat(hunt()).isEqualTo(Verdict.STOPPED);
    assertThat(process.waitFor()).isEqualTo(128 + 15);
  }

  @Test
  void otherCallsAreLeftAlone() throws Exception {
    Process other = start(Map.of(CallCookie.VARIABLE, CallCookie.random().value()), "sleep", "600");
    marked("sleep", "600");
    assertThat(hunt()).isEqualTo(Verdict.STOPPED);
    assertThat(other.isAlive()).isTrue();
  }

  /// On some hosts the server starts commands in the session of others.
  @Test
  void ofTheHuntersOwnSessionOnlyWhatCarriesTheCookieIsStopped() throws Exception {
    String beside =
        "sleep 600 & echo $!; env "
            + CallCookie.VARIABLE
            + "="
            + cookie.value()
            + " sleep 600 & exec \"$@\"";
    List<String> argv = new ArrayList<>(List.of("sh", "-c", beside, "sh"));
    argv.addAll(ProcessHunt.command(cookie, begun, GRACE).argv());
    Process hunter = start(Map.of(), argv.toArray(String[]::new));
    hunter.getOutputStream().close();
    long bystander = Long.parseLong(lineOf(hunter));
    try {
      assertThat(ProcessHunt.verdict(lineOf(hunter))).isEqualTo(Verdict.STOPPED);
      assertThat(runs(bystander)).isTrue();
    } finally {
      ProcessHandle.of(bystander).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void amongManyProcessesTheRightOneIsStopped() throws Exception {
    Process others =
        start(
            Map.of(),
            "sh",
            "-c",
            "for i in $(seq 150); do sleep 600 & pids=\"$pids $!\"; done; echo; read end;"
                + " kill $pids && echo all were there");
    lineOf(others);
    Process process = marked("sleep", "600");
    assertThat(hunt()).isEqualTo(Verdict.STOPPED);
    assertThat(process.isAlive()).isFalse();
    others.getOutputStream().close();
    assertThat(lineOf(others)).isEqualTo("all were there");
  }

  @Test
  void aProcessNamedToLookLikeOneOfTheSessionIsLeftAlone() throws Exception {
    Process process = marked("sleep", "600");
    Path disguised = directory.resolve(") S 1 1 " + process.pid() + " x");
    Files.copy(Path.of("/bin/sleep"), disguised);
    Process other = start(Map.of(), disguised.toString(), "600");
    assertThat(hunt()).isEqualTo(Verdict.STOPPED);
    assertThat(process.isAlive()).isFalse();
    assertThat(other.isAlive()).isTrue();
  }

  @Test
  void aNameOfSeveralLinesHidesNothing() throws Exception {
    Path program = directory.resolve("a\nb) S\n");
    Files.copy(Path.of("/bin/sleep"), program);
    Process process = marked(program.toString(), "600");
    Process other = start(Map.of(), program.toString(), "600");
    assertThat(hunt()).isEqualTo(Verdict.STOPPED);
    assertThat(process.isAlive()).isFalse();
    assertThat(other.isAlive()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "bash", "ksh93"})
  void everyShellHuntsAlike(String shell) throws Exception {
    Process process = markedShell("trap '' TERM; echo ready; while :; do sleep 0.05; done");
    List<String> argv = new ArrayList<>(ProcessHunt.command(cookie, begun, GRACE).argv());
    argv.set(0, shell);
    assertThat(hunt(argv, Map.of())).isEqualTo(Verdict.STOPPED);
    assertThat(process.isAlive()).isFalse();
  }

  @Test
  void withoutGrepTheShellReadsTheEnvironmentsItself() throws Exception {
    Process process = markedShell("env -i sleep 600 & echo ready; echo $!; wait");
    long child = Long.parseLong(lineOf(process));
    programs("sh", "sleep");
    assertThat(hunt(Map.of("PATH", directory.toString()))).isEqualTo(Verdict.STOPPED);
    assertThat(runs(child)).isFalse();
  }

  @Test
  void aGrepThatStopsAtANulIsNotUsed() throws Exception {
    marked("sleep", "600");
    programs("sh", "sleep");
    script("grep", "echo 0; exit 1");
    assertThat(hunt(Map.of("PATH", directory.toString()))).isEqualTo(Verdict.STOPPED);
  }

  @Test
  void whereSleepKnowsNoFractionsTheGraceIsStillTheGrace() throws Exception {
    markedShell("trap '' TERM; echo ready; while :; do sleep 0.05; done");
    programs("sh", "grep");
    script(
        "sleep",
        "case $1 in *.*) exit 1 ;; esac; echo $1 >>" + directory + "/naps; exec /bin/sleep 1");
    assertThat(hunt(Map.of("PATH", directory.toString()))).isEqualTo(Verdict.STOPPED);
    // One before KILL, though the grace is half of it, and one after.
    assertThat(Files.readAllLines(directory.resolve("naps"))).filteredOn("1"::equals).hasSize(2);
  }

  /// The looks take most of the time here, and a host whose looks are slow is still answered in
  /// time.
  @Test
  void theTimeOfALookIsPartOfTheGrace() throws Exception {
    String started = CallCookie.VARIABLE + "=" + cookie.value() + " setsid sleep 5 &";
    Process starter =
        start(
            Map.of(), "sh", "-c", started + " echo; while :; do " + started + " sleep 0.05; done");
    lineOf(starter);
    programs("sh", "sleep");
    script("grep", "echo $1 >>" + directory + "/looks; /bin/sleep 0.2; exec /bin/grep \"$@\"");

    assertThat(hunt(Map.of("PATH", directory.toString()))).isEqualTo(Verdict.STILL_RUNNING);

    // A look takes 0.4 seconds or more. With the pauses alone there would be 26.
    assertThat(Files.readAllLines(directory.resolve("looks")))
        .filteredOn("-lsa"::equals)
        .hasSizeBetween(3, 10);
  }

  /// A list of processes alone does not tell whose the others are.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "true | 0 | NONE_FOUND",
        "INITRUNNER_CALL=$0 setsid sleep 600 & | 1 | STOPPED",
        "INITRUNNER_CALL=$0 setsid sh -c 'trap : TERM; env -i sleep 600; sleep 600' & | 1 | STOPPED",
        "(env -i setsid sleep 600 &) | 1 | NONE_SEEN",
        "INITRUNNER_CALL=$0 setsid sleep 600 & (env -i setsid sleep 600 &) | 2 | FOUND_STOPPED"
      })
  void withoutProcTheListOfProcessesIsSearched(String start, int sleepers, Verdict verdict)
      throws Exception {
    List<String> alone = new ArrayList<>(List.of("bwrap", "--unshare-pid", "--dev-bind", "/", "/"));
    alone.addAll(List.of("--proc", "/proc", "setsid", "sh", "-c"));
    String started = "[ $(cat /proc/[0-9]*/comm 2>/dev/null | grep -cx sleep) = " + sleepers + " ]";
    alone.add(
        "{ %s\n} >/dev/null 2>&1; until %s; do sleep 0.01; done; \"$@\"; kill -KILL -1"
            .formatted(start, started));
    alone.add(cookie.value());
    alone.addAll(withoutProc());
    assertThat(hunt(alone, Map.of())).isEqualTo(verdict);
  }

  @Test
  void withoutProcAndAListOfProcessesNobodyKnows() throws Exception {
    Process process = marked("sleep", "600");
    programs("sh", "sleep", "grep");
    assertThat(hunt(withoutProc(), Map.of("PATH", directory.toString())))
        .isEqualTo(Verdict.UNKNOWN);
    assertThat(process.isAlive()).isTrue();
  }

  @Test
  void noCommandLineHoldsTheWholeCookie() throws Exception {
    List<String> argv = ProcessHunt.command(cookie, begun, GRACE).argv();
    assertThat(argv).noneMatch(argument -> argument.contains(cookie.value()));
    marked("sleep", "600");
    programs("sh", "sleep");
    script("grep", "printf '%s\\n' \"$@\" >>" + directory + "/seen; exec /bin/grep \"$@\"");
    assertThat(hunt(Map.of("PATH", directory.toString()))).isEqualTo(Verdict.STOPPED);
    String half = cookie.value().substring(cookie.value().length() / 2);
    assertThat(Files.readString(directory.resolve("seen")))
        .contains(half)
        .doesNotContain(cookie.value());
  }

  @Test
  void theVerdictIsTheLastLine() {
    assertThat(ProcessHunt.verdict("Welcome!\nstopped\n")).isEqualTo(Verdict.STOPPED);
    assertThat(ProcessHunt.verdict("may be left: 7 sh\nnone unproven\n"))
        .isEqualTo(Verdict.NONE_SEEN);
    assertThat(ProcessHunt.verdict("stopped unproven")).isEqualTo(Verdict.FOUND_STOPPED);
    assertThat(ProcessHunt.verdict("unproven")).isEqualTo(Verdict.UNKNOWN);
    assertThat(ProcessHunt.verdict("running")).isEqualTo(Verdict.STILL_RUNNING);
    assertThat(ProcessHunt.verdict("none\nbye\n")).isEqualTo(Verdict.UNKNOWN);
    assertThat(ProcessHunt.verdict("")).isEqualTo(Verdict.UNKNOWN);
  }

  private Process marked(String... argv) throws IOException {
    return start(Map.of(CallCookie.VARIABLE, cookie.value()), argv);
  }

  /// Returns when the script has printed a line.
  private Process markedShell(String script) throws IOException {
    Process process = marked("sh", "-c", script);
    assertThat(lineOf(process)).isEqualTo("ready");
    return process;
  }

  private Process start(Map<String, String> environment, String... argv) throws IOException {
    List<String> whole = new ArrayList<>(List.of("setsid"));
    whole.addAll(List.of(argv));
    ProcessBuilder builder =
        new ProcessBuilder(whole).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(environment);
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private static String lineOf(Process process) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = process.getInputStream().read(); c > '\n'; c = process.getInputStream().read()) {
      line.append((char) c);
    }
    return line.toString();
  }

  private Verdict hunt() throws IOException {
    return hunt(Map.of());
  }

  private Verdict hunt(Map<String, String> environment) throws IOException {
    return hunt(ProcessHunt.command(cookie, begun, GRACE).argv(), environment);
  }

  private static Verdict hunt(List<String> argv, Map<String, String> environment)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(argv).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(environment);
    Process hunter = builder.start();
    hunter.getOutputStream().close();
    return ProcessHunt.verdict(
        new String(hunter.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
  }

  private List<String> withoutProc() {
    return ProcessHunt.command(cookie, begun, GRACE).argv().stream()
        .map(argument -> argument.replace("/proc", "/nowhere"))
        .toList();
  }

  /// The only programs that a hunt finds with this directory as its `PATH`.
  private void programs(String... names) throws IOException {
    for (String name : names) {
      script(name, "exec " + SearchPath.find(name).orElseThrow() + " \"$@\"");
    }
  }

  private void script(String name, String body) throws IOException {
    Path file = directory.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static boolean runs(long pid) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      return lines.noneMatch(line -> line.startsWith("State:\tZ"));
    } catch (java.nio.file.NoSuchFileException gone) {
      return false;
    }
  }
}

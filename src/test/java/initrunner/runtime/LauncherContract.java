package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.TimedOut;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.SecretEnvironment;
import initrunner.exec.Stdin;
import initrunner.exec.Stop;
import initrunner.tool.jobs.Job;
import initrunner.tool.jobs.JobLimits;
import initrunner.tool.jobs.JobScripts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The contract of every launcher, on every host. A subclass has one opened sandbox and overrides,
/// with the reason, what its launcher cannot do.
@Timeout(120)
abstract class LauncherContract {

  protected static final Limits MINUTE = Limits.timeout(Duration.ofMinutes(1));

  /// The opened sandbox under test.
  protected abstract Sandbox sandbox();

  /// Another one like it, opened.
  protected abstract Sandbox another() throws Exception;

  /// A command has begun by then, even on a busy machine.
  protected abstract Duration begins();

  /// The start directory of commands, as the host names it.
  protected abstract Path directory();

  /// One call with what it printed.
  protected record Ran(Outcome outcome, Captured captured) {

    Ended ended() {
      return outcome.ended();
    }

    String stdout() {
      return captured.stdoutText();
    }

    String stderr() {
      return captured.stderrText();
    }
  }

  protected final Ran run(Command command, Limits limits) {
    return run(sandbox(), command, limits);
  }

  protected static Ran run(Sandbox sandbox, Command command, Limits limits) {
    Captured captured = new Captured(1 << 20);
    String callId = Long.toHexString(ThreadLocalRandom.current().nextLong());
    return new Ran(sandbox.run(command, callId, limits, captured), captured);
  }

  protected final Ran sh(String script) {
    return sh(sandbox(), script);
  }

  protected static Ran sh(Sandbox sandbox, String script) {
    return run(sandbox, Command.of("sh", "-c", script), MINUTE);
  }

  @Test
  void theStatusIsTheCommandsOwn() {
    for (int status : new int[] {3, 125, 127, 137, 255}) {
      assertThat(sh("exit " + status).ended()).isEqualTo(new Exited(status));
    }
  }

  @Test
  void aCommandThatIsNotThereIs127() {
    Ran ran = run(Command.of("no-such-program-x"), MINUTE);
    assertThat(ran.ended()).isEqualTo(new Exited(127));
    assertThat(ran.stderr()).contains("no-such-program-x");
  }

  @Test
  void theStreamsAreApartAndWhole() {
    Ran ran = sh("echo out; echo err >&2; printf 'no newline'; printf '\n@initrunner-end' >&2");
    assertThat(ran.stdout()).isEqualTo("out\nno newline");
    assertThat(ran.stderr()).isEqualTo("err\n\n@initrunner-end");
  }

  /// The job's name, and all else that it sees of its launcher, identify InitRunner.
  @Test
  void aCommandThatLiesAboutItsEndIsNotBelieved() {
    String lie =
        """
        {
          name=${SLURM_JOB_NAME#initrunner-}
          echo "@initrunner-end-${name%%.*}"
          cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0=' '\\n\\n'
        } | grep -o '@initrunner-end-[0-9a-f]*' | sort -u | while read -r mark; do
          printf '\\n%s 0 unstarted\\n' "$mark" >&2
        done
        exit 3
        """;
    assertThat(sh(lie).ended()).isEqualTo(new Exited(3));
  }

  /// Names that a script around a command may use for its own variables.
  @Test
  void noVariableIsChangedByWhatIsAroundTheCommand() {
    Map<String, String> variables = new TreeMap<>();
    List<String> words =
        List.of(
            "asked",
            "back",
            "blocks",
            "bytes",
            "c",
            "cause",
            "cgroup",
            "code",
            "command",
            "controllers",
            "count",
            "cpu",
            "dir",
            "directory",
            "does",
            "each",
            "end",
            "engine",
            "event",
            "events",
            "file",
            "file_blocks",
            "file_name",
            "found",
            "held",
            "hold",
            "i",
            "id",
            "key",
            "kibibytes",
            "known",
            "limit",
            "limits",
            "line",
            "list",
            "mark",
            "means",
            "memory",
            "memory_bytes",
            "most",
            "n",
            "name",
            "now",
            "parent",
            "path",
            "pid",
            "pids",
            "processes",
            "quota",
            "range",
            "refused",
            "result",
            "root",
            "round",
            "said",
            "scope",
            "script",
            "self",
            "shell",
            "start",
            "state",
            "states",
            "status",
            "stop",
            "there",
            "tries",
            "unit",
            "user",
            "version");
    for (String word : words) {
      variables.put(word, "the " + word);
    }
    Command tell = Command.of("env");
    Sandbox secret = sandbox().with(SecretEnvironment.of(variables));
    for (Ran ran :
        List.of(run(tell.withEnvironment(variables), MINUTE), run(secret, tell, MINUTE))) {
      assertThat(ran.ended()).as(ran.stderr()).isEqualTo(new Exited(0));
      Map<String, String> found = new TreeMap<>();
      ran.stdout()
          .lines()
          .map(line -> line.split("=", 2))
          .filter(parts -> variables.containsKey(parts[0]))
          .forEach(parts -> found.put(parts[0], parts[1]));
      assertThat(found).isEqualTo(variables);
    }
  }

  @Test
  void argumentsArriveExactly() {
    List<String> argv =
        new ArrayList<>(List.of("printf", "%s|", "a b", "$HOME", "'", "\"", "\\", "*", "", "-n"));
    argv.add("two\nlines");
    assertThat(run(Command.of("printf").withArgv(argv), MINUTE).stdout())
        .isEqualTo("a b|$HOME|'|\"|\\|*||-n|two\nlines|");
  }

  @Test
  void theInputArrivesAndEnds() {
    String input = "line\n".repeat(200_000);
    Ran ran =
        run(
            Command.of("sh", "-c", "wc -c; read x || echo end").withStdin(Stdin.text(input)),
            MINUTE);
    assertThat(ran.stdout().strip()).matches("1000000\\s+end");
    assertThat(sh("cat; echo end").stdout()).isEqualTo("end\n");
  }

  @Test
  void variablesArriveAndSecretsToo() {
    Command command =
        Command.of("sh", "-c", "printf %s \"$PLAIN|$HIDDEN\"")
            .withEnvironment(Map.of("PLAIN", "it's \"$x\""))
            .withSecrets(SecretEnvironment.of(Map.of("HIDDEN", "hunter2 and 'more'")));
    Captured captured = new Captured(1000);
    Sandbox trusting = sandbox().with(command.secrets());
    trusting.run(command, "abc" + System.nanoTime(), MINUTE, captured);
    assertThat(captured.stdoutText()).isEqualTo("it's \"$x\"|hunter2 and 'more'");
  }

  @Test
  void itStartsInTheDirectory() throws Exception {
    Files.writeString(directory().resolve("here"), "found");
    assertThat(sh("cat here; echo made >made").stdout()).isEqualTo("found");
    assertThat(directory().resolve("made")).hasContent("made");
  }

  @Test
  void aTimeoutStopsItAndProvesThat() throws Exception {
    String beat = "beat" + System.nanoTime();
    Ran ran =
        run(
            Command.of("sh", "-c", "while :; do echo x >>" + beat + "; sleep 0.1; done"),
            Limits.timeout(begins()));
    assertThat(ran.ended()).isEqualTo(new TimedOut(Stop.STOPPED));
    assertThat(isStill(directory().resolve(beat))).isTrue();
  }

  @Test
  void whatIgnoresSignalsAndLeavesItsGroupIsStoppedToo() throws Exception {
    String beat = "beat" + System.nanoTime();
    String script =
        "trap '' TERM INT HUP; setsid sh -c 'while :; do echo x >>"
            + beat
            + "; sleep 0.1; done' & wait";
    Ran ran = run(Command.of("sh", "-c", script), Limits.timeout(begins()));
    assertThat(ran.ended()).isEqualTo(new TimedOut(Stop.STOPPED));
    assertThat(isStill(directory().resolve(beat))).isTrue();
  }

  /// Ctrl-C closes the sandbox during a call.
  @Test
  void closingStopsWhatRunsProvesThatAndLeavesNothing() throws Exception {
    String beat = "beat" + System.nanoTime();
    Sandbox own = another();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      String script = "while :; do echo x >>" + beat + "; sleep 0.1; done";
      Command command = Command.of("sh", "-c", script);
      Future<Outcome> running =
          callers.submit(() -> own.run(command, "c105e", MINUTE, new Captured(1000)));
      while (!Files.exists(directory().resolve(beat))) {
        Thread.sleep(20);
      }
      own.close();
      assertThat(running.get().ended()).isEqualTo(new Ended.Cancelled(Stop.STOPPED));
    }
    assertThat(isStill(directory().resolve(beat))).isTrue();
  }

  /// Whether a file that a command wrote to ten times a second no longer changes.
  protected static boolean isStill(Path file) throws Exception {
    long size = Files.size(file);
    Thread.sleep(500);
    return Files.size(file) == size;
  }

  @Test
  void callsRunSideBySideAndOneThatTimesOutHurtsNoOther() throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Ran> late =
          callers.submit(() -> run(Command.of("sleep", "60"), Limits.timeout(begins())));
      List<Future<Ran>> others = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String number = Integer.toString(i);
        others.add(
            callers.submit(() ->
                sh(
                    "sleep "
                        + begins().plusSeconds(1).toSeconds()
                        + "; echo "
                        + number
                        + "; exit "
                        + number)));
      }
      assertThat(late.get().ended()).isEqualTo(new TimedOut(Stop.STOPPED));
      for (int i = 0; i < others.size(); i++) {
        assertThat(others.get(i).get().ended()).isEqualTo(new Exited(i));
        assertThat(others.get(i).get().stdout()).isEqualTo(i + "\n");
      }
    }
  }

  private static final JobLimits JOB_LIMITS =
      new JobLimits(50, Optional.of(Duration.ofMinutes(10)), 4 << 20, Duration.ofDays(7));

  /// Starts a job and returns its id.
  private String startJob(String script) {
    String id = JobScripts.newId();
    Command command = JobScripts.withOneOutput(Command.of("sh", "-c", script));
    Ran started =
        beside(JobScripts.start(id, "job", script, JOB_LIMITS, sandbox().launched(command, id)));
    assertThat(started.stderr()).isEmpty();
    assertThat(started.ended()).isEqualTo(new Exited(0));
    return id;
  }

  private Ran beside(Command script) {
    return run(sandbox().beside(), script, MINUTE);
  }

  private Job awaitEnd(String id) {
    Ran awaited =
        beside(JobScripts.await(List.of(id), JobScripts.Until.ALL, Duration.ofSeconds(50)));
    assertThat(awaited.stderr()).isEmpty();
    return Job.all(awaited.stdout()).getFirst();
  }

  @Test
  void aJobIsStartedAsACommandIsAndItsOutputIsKeptOutside() {
    Ran command = sh("echo one; echo two >&2; pwd -P; id -u");
    String id = startJob("echo one; echo two >&2; pwd -P; id -u; sleep 0.5; exit 7");
    Job job = awaitEnd(id);
    assertThat(job.state())
        .isInstanceOfSatisfying(
            Job.State.Ended.class,
            ended -> {
              assertThat(ended.status()).isEqualTo(7);
              assertThat(ended.cause()).isEqualTo(Job.Cause.ITSELF);
            });
    Ran output = beside(JobScripts.output(id, Optional.of(0L), 10_000, Duration.ofSeconds(5)));
    String kept = output.stdout();
    assertThat(kept.substring(kept.indexOf("\n\n") + 2))
        .isEqualTo(command.stdout().replaceFirst("one\n", "one\ntwo\n"));
    beside(JobScripts.clean(Duration.ZERO, List.of(id)));
    assertThat(beside(JobScripts.list()).stdout()).doesNotContain(id);
  }

  @Test
  void aJobThatIsStoppedIsGone() throws Exception {
    String file = "job-" + JobScripts.newId();
    String id =
        startJob("(setsid sleep 1000 &) ; while :; do date +%N >" + file + "; sleep 0.1; done");
    while (!Files.exists(directory().resolve(file))) {
      Thread.sleep(20);
    }
    Ran stopped = beside(JobScripts.stop(id, Duration.ofSeconds(3)));
    assertThat(stopped.stdout()).contains("verdict stopped\ncleanup 0\n");
    assertThat(
            Job.all(stopped.stdout().substring(stopped.stdout().indexOf("job "))).getFirst().end())
        .contains("stopped");
    String last = Files.readString(directory().resolve(file));
    Thread.sleep(500);
    assertThat(Files.readString(directory().resolve(file))).isEqualTo(last);
    beside(JobScripts.clean(Duration.ZERO, List.of(id)));
  }

  @Test
  void aJobThatCannotBeStartedSaysSo() {
    String id = JobScripts.newId();
    Command missing = JobScripts.withOneOutput(Command.of("no-such-program"));
    beside(JobScripts.start(id, "job", "x", JOB_LIMITS, sandbox().launched(missing, id)));
    Job job = awaitEnd(id);
    assertThat(job.end()).contains("exited");
    assertThat(((Job.State.Ended) job.state()).status()).isEqualTo(127);
    assertThat(
            beside(JobScripts.output(id, Optional.empty(), 1000, Duration.ofSeconds(5))).stdout())
        .contains("no-such-program");
    beside(JobScripts.clean(Duration.ZERO, List.of(id)));
  }
}

package initrunner.exec.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Cancelled;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.Signaled;
import initrunner.exec.Ended.TimedOut;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import initrunner.exec.SecretEnvironment;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The contract of every transport. A subclass opens one and overrides, with the reason, what its
/// transport cannot do.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
public abstract class TransportContract {

  /// The opened transport under test.
  protected abstract Transport transport();

  /// A directory that exists where the commands run and that they may write to.
  protected abstract Path workDirectory();

  /// How a command that a signal ended is reported.
  protected Ended killedBy(String signal, int number) {
    return new Signaled(signal);
  }

  /// How a command is reported that is over while a child of it holds its output open.
  protected List<OutputEnd> outputOfACommandWithABackgroundChild() {
    return List.of(OutputEnd.HELD_OPEN);
  }

  /// One call with what it printed.
  protected record Ran(Outcome outcome, Captured captured) {
    public Ended ended() {
      return outcome.ended();
    }

    public String stdout() {
      return captured.stdoutText();
    }

    public String stderr() {
      return captured.stderrText();
    }
  }

  @Test
  void secretsArriveAndStandInNoProcesssArguments() {
    String first = "kept'quiet \\n $HOME \"%s\" `id`\nsecond line\n";
    SecretEnvironment secrets =
        SecretEnvironment.of(Map.of("FIRST_SECRET", first, "SECOND", "=plain"));
    String script =
        "printf '%s|%s|' \"$FIRST_SECRET\" \"$SECOND\"; cat; cat /proc/[0-9]*/cmdline 2>/dev/null";
    Ran ran =
        run(
            Command.of("sh", "-c", script)
                .withSecrets(secrets)
                .withStdin(Stdin.text("and the input|")),
            Limits.unbounded());
    String arrived = first + "|=plain|and the input|";
    assertThat(ran.stdout()).startsWith(arrived).contains("FIRST_SECRET");
    assertThat(ran.stdout().substring(arrived.length()))
        .doesNotContain("kept'quiet", "kept\\'quiet", "second line");
    assertThat(secrets).asString().doesNotContain("quiet");
  }

  protected Ran run(Command command, Limits limits) {
    Captured captured = new Captured(1 << 20);
    return new Ran(transport().run(command, limits, captured), captured);
  }

  protected Ran run(String... argv) {
    return run(Command.of(argv), Limits.timeout(Duration.ofSeconds(30)));
  }

  protected Ran sh(String script) {
    return run("sh", "-c", script);
  }

  @Test
  void bothStreamsAndTheStatusComeBack() {
    Ran ran = sh("printf out; printf err >&2; exit 3");
    assertThat(ran.ended()).isEqualTo(new Exited(3));
    assertThat(ran.stdout()).isEqualTo("out");
    assertThat(ran.stderr()).isEqualTo("err");
    assertThat(ran.outcome().output()).isEqualTo(OutputEnd.COMPLETE);
  }

  @Test
  void exit255IsAnExitNotALostConnection() {
    assertThat(sh("exit 255").ended()).isEqualTo(new Exited(255));
  }

  @Test
  void exit127IsAnExit() {
    assertThat(sh("exit 127").ended()).isEqualTo(new Exited(127));
  }

  @Test
  void aSignalIsToldFromAnExit() {
    assertThat(sh("kill -KILL $$").ended()).isEqualTo(killedBy("KILL", 9));
  }

  @Test
  void noShellInterpretsTheArguments() {
    Ran ran =
        run("printf", "%s|", "$HOME", "a b", "*", "`id`", "$(id)", "'", "\"", "\\", "", "é\n");
    assertThat(ran.stdout()).isEqualTo("$HOME|a b|*|`id`|$(id)|'|\"|\\||é\n|");
  }

  @Test
  void anArgumentOfEveryCharacterButNulComesBack() {
    StringBuilder all = new StringBuilder();
    for (char c = 1; c < 0x180; c++) {
      all.append(c);
    }
    all.append("\u2028\uFFFD\uD83D\uDE00");
    assertThat(run("printf", "%s", all.toString()).stdout()).isEqualTo(all.toString());
  }

  @Test
  void aLongArgumentComesBack() {
    String argument = "0123456789abcde'".repeat(7_000);
    Ran ran = run("printf", "%s", argument);
    assertThat(ran.stdout()).isEqualTo(argument);
  }

  @Test
  void theEnvironmentIsAdded() {
    Command command =
        Command.of("sh", "-c", "printf %s \"$GREETING\"")
            .withEnvironment(Map.of("GREETING", "it's \"$HOME\"\n"));
    assertThat(run(command, Limits.unbounded()).stdout()).isEqualTo("it's \"$HOME\"\n");
  }

  @Test
  void theCommandStartsInItsDirectory() {
    Command command =
        Command.of("pwd").withWorkingDirectory(Optional.of(workDirectory().toString()));
    assertThat(run(command, Limits.unbounded()).stdout().strip())
        .isEqualTo(workDirectory().toString());
  }

  @Test
  void whereItsDirectoryIsNotThereNothingIsStarted() {
    Command command =
        Command.of("true").withWorkingDirectory(Optional.of(workDirectory() + "/it's not there"));
    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(() -> run(command, Limits.unbounded()))
        .withMessageContaining("/it's not there'")
        .satisfies(e -> {
          assertThat(e.kind()).isEqualTo(TransportException.Kind.COMMAND_INVALID);
          assertThat(e.remedy()).contains("Create").contains("name another");
        });
  }

  /// There and back, so that both ways are seen.
  @Test
  void inputInPiecesOfAnySizeArrivesAsItIs() throws Exception {
    for (int seed = 1; seed <= 8; seed++) {
      OddInput input = new OddInput(seed, 3_000_000);
      MessageDigest came = OddInput.sha256();
      Sink sink =
          new Sink() {
            @Override
            public void stdout(ByteBuffer bytes) {
              came.update(bytes);
            }

            @Override
            public void stderr(ByteBuffer bytes) {}
          };
      Command command = Command.of("cat").withStdin(new Stdin.Stream(input));
      assertThat(transport().run(command, Limits.unbounded(), sink).ended())
          .isEqualTo(new Exited(0));
      assertThat(came.digest()).as("seed " + seed).isEqualTo(input.digest());
    }
  }

  @Test
  void stdinIsEmptyWhereNoneIsGiven() {
    assertThat(run("cat").ended()).isEqualTo(new Exited(0));
  }

  @Test
  void fiftyMegabytesOfInputArrive() {
    Command command =
        Command.of("sh", "-c", "cksum | { read sum size; printf %s \"$size\"; }")
            .withStdin(new Stdin.Stream(zeros(50_000_000)));
    assertThat(run(command, Limits.timeout(Duration.ofSeconds(50))).stdout()).isEqualTo("50000000");
  }

  @Test
  void aCommandThatDoesNotReadItsInputEnds() {
    Command command = Command.of("true").withStdin(new Stdin.Stream(zeros(50_000_000)));
    assertThat(run(command, Limits.timeout(Duration.ofSeconds(30))).ended())
        .isEqualTo(new Exited(0));
  }

  @Test
  void halfAGigabyteOfOutputIsDrainedIntoABoundedCapture() {
    Captured captured = new Captured(10_000);
    Outcome outcome =
        transport()
            .run(
                Command.of("head", "-c", "500000000", "/dev/zero"),
                Limits.timeout(Duration.ofSeconds(50)),
                captured);
    assertThat(outcome.ended()).isEqualTo(new Exited(0));
    assertThat(captured.stdoutBytes()).isEqualTo(500_000_000L);
    assertThat(captured.stdoutText()).contains("[… 500.0 MB omitted …]");
  }

  @Test
  void aTimeoutStopsTheCommandAndProvesIt() {
    Ran ran = run(Command.of("sleep", "600"), Limits.timeout(Duration.ofMillis(700)));
    assertThat(ran.ended()).isEqualTo(new TimedOut(Stop.STOPPED));
  }

  @Test
  void whatWasPrintedBeforeATimeoutIsKept() {
    Ran ran =
        run(
            Command.of("sh", "-c", "echo begun; sleep 600"),
            Limits.timeout(Duration.ofMillis(2500)));
    assertThat(ran.ended()).isEqualTo(new TimedOut(Stop.STOPPED));
    assertThat(ran.stdout()).isEqualTo("begun\n");
  }

  @Test
  void aCommandThatIgnoresTermIsKilled() {
    Limits limits = new Limits(Optional.of(Duration.ofMillis(700)), Duration.ofMillis(300));
    Ran ran = run(Command.of("sh", "-c", "trap '' TERM; while :; do sleep 1; done"), limits);
    assertThat(ran.ended()).isEqualTo(new TimedOut(Stop.STOPPED));
  }

  @Test
  void aChildThatLeftTheSessionIsStoppedToo() throws Exception {
    Path mark = workDirectory().resolve("left-" + System.nanoTime());
    Ran ran =
        run(
            Command.of("sh", "-c", "setsid sh -c 'echo $$ > " + mark + "; sleep 600' & sleep 600"),
            Limits.timeout(Duration.ofSeconds(1)));
    assertThat(ran.ended()).isEqualTo(new TimedOut(Stop.STOPPED));
    String pid = sh("cat " + mark).stdout().strip();
    assertThat(pid).matches("\\d+");
    assertThat(runs(pid)).isFalse();
  }

  @Test
  void anInterruptCancelsTheCallAndKeepsTheFlag() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    List<Object> found = new ArrayList<>();
    Thread caller =
        Thread.ofVirtual()
            .start(() -> {
              found.add(
                  transport()
                      .run(
                          Command.of("sh", "-c", "echo go; sleep 600"),
                          Limits.unbounded(),
                          onOutput("go", begun))
                      .ended());
              found.add(Thread.currentThread().isInterrupted());
            });
    begun.await();
    caller.interrupt();
    caller.join();
    assertThat(found).containsExactly(new Cancelled(Stop.STOPPED), true);
    assertThat(run("true").ended()).isEqualTo(new Exited(0));
  }

  @Test
  void anInterruptWhileACommandWhoseTimeIsUpIsStoppedKeepsTheFlagToo() throws Exception {
    CountDownLatch stopping = new CountDownLatch(1);
    List<Object> found = new ArrayList<>();
    String script = "trap 'echo stopping' TERM; while :; do sleep 0.1; done";
    Limits limits = new Limits(Optional.of(Duration.ofSeconds(1)), Duration.ofMillis(700));
    Thread caller =
        Thread.ofVirtual()
            .start(() -> {
              found.add(
                  transport()
                      .run(Command.of("sh", "-c", script), limits, onOutput("stopping", stopping))
                      .ended());
              found.add(Thread.currentThread().isInterrupted());
            });
    stopping.await();
    caller.interrupt();
    caller.join();
    assertThat(found).containsExactly(new TimedOut(Stop.STOPPED), true);
  }

  @Test
  void anInterruptIsAnsweredWithTheProofOfTheStop() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    List<Ended> ended = new ArrayList<>();
    Thread caller =
        Thread.ofVirtual()
            .start(() ->
                ended.add(
                    transport()
                        .run(
                            Command.of("sh", "-c", "echo go; sleep 600"),
                            Limits.unbounded(),
                            onFirstOutput(begun))
                        .ended()));
    begun.await();
    caller.interrupt();
    caller.join();
    assertThat(ended).containsExactly(new Cancelled(Stop.STOPPED));
  }

  @Test
  void furtherInterruptsDoNotCostTheProofOfTheStop() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    List<Ended> ended = new ArrayList<>();
    Thread caller =
        Thread.ofVirtual()
            .start(() ->
                ended.add(
                    transport()
                        .run(
                            Command.of(
                                "sh", "-c", "trap '' TERM; echo go; while :; do sleep 1; done"),
                            new Limits(Optional.empty(), Duration.ofMillis(500)),
                            onFirstOutput(begun))
                        .ended()));
    begun.await();
    do {
      caller.interrupt();
    } while (!caller.join(Duration.ofMillis(20)));
    assertThat(ended).containsExactly(new Cancelled(Stop.STOPPED));
  }

  @Test
  void aTimeoutLeavesAParallelCallAlone() throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Ran> other = callers.submit(() -> sh("sleep 3; echo whole"));
      Ran timedOut = run(Command.of("sleep", "600"), Limits.timeout(Duration.ofMillis(700)));
      assertThat(timedOut.ended()).isEqualTo(new TimedOut(Stop.STOPPED));
      assertThat(other.get().ended()).isEqualTo(new Exited(0));
      assertThat(other.get().stdout()).isEqualTo("whole\n");
    }
    assertThat(run("true").ended()).isEqualTo(new Exited(0));
  }

  @Test
  void manyCallersAllGetTheirOwnResult() throws Exception {
    Set<String> expected = new HashSet<>();
    Set<String> seen = new HashSet<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Ran>> answers = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        String text = "caller " + i;
        expected.add(text);
        answers.add(callers.submit(() -> sh("printf '" + text + "'")));
      }
      for (Future<Ran> answer : answers) {
        assertThat(answer.get().ended()).isEqualTo(new Exited(0));
        assertThat(answer.get().stderr()).isEmpty();
        seen.add(answer.get().stdout());
      }
    }
    assertThat(seen).isEqualTo(expected);
  }

  @Test
  void inputArrivesAsItIsGiven() throws Exception {
    CountDownLatch answered = new CountDownLatch(1);
    PipedOutputStream typed = new PipedOutputStream();
    PipedInputStream source = new PipedInputStream(typed);
    Command command =
        Command.of("sh", "-c", "read line; echo \"got $line\"; cat")
            .withStdin(new Stdin.Stream(source));
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Outcome> answer =
          callers.submit(
              () -> transport().run(command, Limits.unbounded(), onFirstOutput(answered)));
      typed.write(utf8("one line\n"));
      typed.flush();
      // While the input is still open: a transport that holds output back would never answer.
      answered.await();
      typed.close();
      assertThat(answer.get().ended()).isEqualTo(new Exited(0));
    }
  }

  @Test
  void anInputThatCannotBeReadStopsTheCommandAndIsNotTakenForItsEnd() {
    Path mark = workDirectory().resolve("input-" + System.nanoTime());
    InputStream broken =
        new InputStream() {
          private boolean begun;

          @Override
          public int read() {
            return 0;
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            if (begun) {
              throw new IOException("the disk is gone");
            }
            begun = true;
            bytes[offset] = '\n';
            return 1;
          }
        };
    Command command =
        Command.of("sh", "-c", "cat >/dev/null; echo whole > " + mark)
            .withStdin(new Stdin.Stream(broken));
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> transport().run(command, Limits.unbounded(), new Captured(100))))
        .hasMessageContaining("input")
        .hasRootCauseMessage("the disk is gone");
    assertThat(sh("cat " + mark).ended()).isEqualTo(new Exited(1));
  }

  @Test
  void aSlowSinkDoesNotOutrunTheDeadline() {
    Sink slow =
        new Sink() {
          @Override
          public void stdout(ByteBuffer bytes) {
            LockSupport.parkNanos(20_000_000);
          }

          @Override
          public void stderr(ByteBuffer bytes) {}
        };
    Outcome outcome =
        transport()
            .run(
                Command.of("head", "-c", "400000000", "/dev/zero"),
                Limits.timeout(Duration.ofSeconds(1)),
                slow);
    assertThat(outcome.ended()).isEqualTo(new TimedOut(Stop.STOPPED));
  }

  @Test
  void whatACommandPrintsWhileItStopsIsKept() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Captured captured = new Captured(100);
    Thread caller =
        Thread.ofVirtual()
            .start(() ->
                transport()
                    .run(
                        Command.of(
                            "sh",
                            "-c",
                            "trap 'echo last words; exit 1' TERM; echo begun; sleep 600 & wait"),
                        Limits.unbounded(),
                        onFirstOutput(begun, captured)));
    begun.await();
    caller.interrupt();
    caller.join();
    assertThat(captured.stdoutText()).startsWith("begun\nlast words\n");
  }

  @Test
  void callersOnVirtualThreadsKeepTheirDeadlinesBesideManySilentCommands() throws Exception {
    Set<Ended> ends = new HashSet<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Ran>> answers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        answers.add(
            callers.submit(
                () -> run(Command.of("sleep", "600"), Limits.timeout(Duration.ofMillis(700)))));
      }
      for (Future<Ran> answer : answers) {
        ends.add(answer.get().ended());
      }
    }
    assertThat(ends).containsExactly(new TimedOut(Stop.STOPPED));
  }

  @Test
  void aBackgroundChildDoesNotMakeTheCommandLast() {
    Ran ran = sh("sleep 2 & echo done");
    assertThat(ran.ended()).isEqualTo(new Exited(0));
    assertThat(ran.stdout()).isEqualTo("done\n");
    assertThat(ran.outcome().output()).isIn(outputOfACommandWithABackgroundChild());
  }

  @Test
  void aSinkThatThrowsStopsTheCommand() {
    Path mark = workDirectory().resolve("sink-" + System.nanoTime());
    Command command = Command.of("sh", "-c", "echo $$ > " + mark + "; echo go; sleep 600");
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> transport().run(command, Limits.unbounded(), failing())))
        .hasMessage("the sink is full");
    String pid = sh("cat " + mark).stdout().strip();
    assertThat(runs(pid)).isFalse();
  }

  @Test
  void aSinkThatThrowsStopsWhatTheCommandStartedToo() {
    Path mark = workDirectory().resolve("sink-children-" + System.nanoTime());
    String child = "(trap '' TERM; while :; do sleep 0.1; done) & echo $! >" + mark;
    Command command = Command.of("sh", "-c", child + "; echo go; exit 0");
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(() ->
                transport()
                    .run(command, new Limits(Optional.empty(), Duration.ofMillis(300)), failing())))
        .hasMessage("the sink is full");
    assertThat(runs(sh("cat " + mark).stdout().strip())).isFalse();
  }

  @Test
  void anInterruptIsKeptWhereTheSinkFailsWhileTheCommandIsStopped() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    List<Boolean> flags = new ArrayList<>();
    Sink failsAtTheEnd =
        new Sink() {
          @Override
          public void stdout(ByteBuffer bytes) {
            if (begun.getCount() == 0) {
              throw new IllegalStateException("the sink is full");
            }
            begun.countDown();
          }

          @Override
          public void stderr(ByteBuffer bytes) {}
        };
    String script = "trap 'echo last words; exit 1' TERM; echo begun; sleep 600 & wait";
    Thread caller =
        Thread.ofVirtual()
            .start(() -> {
              assertThat(
                      org.assertj.core.api.Assertions.catchThrowable(() ->
                          transport()
                              .run(
                                  Command.of("sh", "-c", script),
                                  Limits.unbounded(),
                                  failsAtTheEnd)))
                  .hasMessage("the sink is full");
              flags.add(Thread.currentThread().isInterrupted());
            });
    begun.await();
    caller.interrupt();
    caller.join();
    assertThat(flags).containsExactly(true);
  }

  private static Sink failing() {
    return new Sink() {
      @Override
      public void stdout(ByteBuffer bytes) {
        throw new IllegalStateException("the sink is full");
      }

      @Override
      public void stderr(ByteBuffer bytes) {}
    };
  }

  /// Whether a process runs on the commands' host; a zombie does not.
  private boolean runs(String pid) {
    String state = sh("ps -o stat= -p " + pid).stdout().strip();
    return !state.isEmpty() && !state.startsWith("Z");
  }

  private static Sink onOutput(String wanted, CountDownLatch seen) {
    return new Sink() {
      @Override
      public void stdout(ByteBuffer bytes) {
        if (StandardCharsets.UTF_8.decode(bytes).toString().contains(wanted)) {
          seen.countDown();
        }
      }

      @Override
      public void stderr(ByteBuffer bytes) {}
    };
  }

  private static Sink onFirstOutput(CountDownLatch begun) {
    return onFirstOutput(begun, new Captured(100));
  }

  private static Sink onFirstOutput(CountDownLatch begun, Sink behind) {
    return new Sink() {
      @Override
      public void stdout(ByteBuffer bytes) {
        behind.stdout(bytes);
        begun.countDown();
      }

      @Override
      public void stderr(ByteBuffer bytes) {
        behind.stderr(bytes);
      }
    };
  }

  /// A stream of this many zero bytes, made as it is read.
  protected static InputStream zeros(long count) {
    return new InputStream() {
      private long left = count;

      @Override
      public int read() {
        return left-- > 0 ? 0 : -1;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) {
        if (left <= 0) {
          return -1;
        }
        int given = (int) Math.min(length, left);
        java.util.Arrays.fill(bytes, offset, offset + given, (byte) 0);
        left -= given;
        return given;
      }
    };
  }

  /// Text as bytes, for subclasses.
  protected static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// For transports that see the command's end apart from the end of its output.
  protected final void assertThatAChildThatPrintsNowAndThenKeepsNoCall() {
    Ran ran = sh("(for n in $(seq 300); do sleep 0.1; echo still; done) & echo done");
    assertThat(ran.ended()).isEqualTo(new Exited(0));
    assertThat(ran.stdout().lines().filter("still"::equals).count()).isLessThan(300);
    assertThat(ran.outcome().output()).isIn(outputOfACommandWithABackgroundChild());
  }
}

package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import initrunner.exec.Sink;
import initrunner.exec.Stop;
import initrunner.exec.transport.LocalTransport;
import initrunner.launch.Launch;
import initrunner.launch.Launcher;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.PlainLauncher;
import initrunner.launch.Probe;
import initrunner.launch.Trailer;
import initrunner.role.Role;
import initrunner.role.RoleLoader;
import initrunner.runtime.confine.OwnFiles;
import initrunner.runtime.confine.SandboxHost;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The clean-up and the preparation, for each kind of launcher.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SandboxTest {

  @TempDir Path directory;

  /// Starts the command plainly, and cleans up by a script.
  private record CleansUp(String script) implements Launcher {

    @Override
    public Launch launch(Command command, String callId) {
      return new Launch(command, Optional.of(Command.of("sh", "-c", script)), Optional.empty());
    }

    @Override
    public String name() {
      return "cleans up";
    }
  }

  private SandboxHost place() {
    return new SandboxHost("bwrap", Optional.empty(), Optional.of(directory.toString()));
  }

  private Sandbox cleaningUp(String script) {
    return new Sandbox(place(), new LocalTransport(System.getenv()), new CleansUp(script));
  }

  private Sandbox prepared(Function<Probe, Launcher> preparation) {
    return new Sandbox(
        place(), new LocalTransport(System.getenv()), preparation, Variables.DEFAULT);
  }

  private static final Limits BRIEF =
      new Limits(Optional.of(Duration.ofMillis(300)), Duration.ofMillis(100));

  @ParameterizedTest
  @CsvSource({"0, STOPPED", "1, STILL_RUNNING", "2, UNKNOWN", "127, UNKNOWN"})
  void theStatusOfTheCleanUpIsTheProof(int status, Stop stop) {
    try (Sandbox sandbox = cleaningUp("exit " + status)) {
      assertThat(sandbox.run(Command.of("sleep", "60"), "0a", BRIEF, Sink.DISCARD).ended())
          .isEqualTo(new Ended.TimedOut(stop));
    }
  }

  @Test
  void anInterruptDuringTheCleanUpDoesNotEndIt() throws Exception {
    Path begun = directory.resolve("begun");
    Path whole = directory.resolve("whole");
    try (Sandbox sandbox = cleaningUp("echo >" + begun + "; sleep 1; echo >" + whole)) {
      CompletableFuture<Ended> ended = new CompletableFuture<>();
      CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
      Thread caller =
          Thread.ofVirtual()
              .start(() -> {
                ended.complete(
                    sandbox.run(Command.of("sleep", "60"), "0a", BRIEF, Sink.DISCARD).ended());
                interrupted.complete(Thread.currentThread().isInterrupted());
              });
      while (!Files.exists(begun)) {
        LockSupport.parkNanos(1_000_000);
      }
      caller.interrupt();
      assertThat(ended.get()).isEqualTo(new Ended.TimedOut(Stop.STOPPED));
      assertThat(interrupted.get()).isTrue();
      assertThat(whole).exists();
    }
  }

  @Test
  void aSinkThatFailsIsFollowedByTheCleanUp() {
    Path done = directory.resolve("done");
    Sink failing =
        new Sink() {
          @Override
          public void stdout(ByteBuffer bytes) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the sink is full");
          }

          @Override
          public void stderr(ByteBuffer bytes) {}
        };
    try (Sandbox sandbox = cleaningUp("sleep 0.2; echo >" + done)) {
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() ->
              sandbox.run(
                  Command.of("sh", "-c", "echo; sleep 60"), "0a", Limits.unbounded(), failing))
          .withMessage("the sink is full");
      assertThat(Thread.interrupted()).isTrue();
      assertThat(done).exists();
    }
  }

  @Test
  void aCloseDoesNotEndTheCleanUpThatACallNeeds() throws Exception {
    Path begun = directory.resolve("begun");
    Path whole = directory.resolve("whole");
    CompletableFuture<Ended> ended = new CompletableFuture<>();
    try (Sandbox sandbox = cleaningUp("echo >" + begun + "; sleep 1; echo >" + whole)) {
      Thread.ofVirtual()
          .start(() ->
              ended.complete(
                  sandbox.run(Command.of("sleep", "60"), "0a", BRIEF, Sink.DISCARD).ended()));
      while (!Files.exists(begun)) {
        LockSupport.parkNanos(1_000_000);
      }
    }
    assertThat(ended.get()).isEqualTo(new Ended.TimedOut(Stop.STOPPED));
    assertThat(whole).exists();
  }

  @Test
  void whatStartsACommandAndSaysNothingOfItsEndLosesIt() {
    Launcher silent =
        new Launcher() {
          @Override
          public Launch launch(Command command, String callId) {
            return new Launch(command, Optional.empty(), Optional.of(Trailer.of(callId)));
          }

          @Override
          public String name() {
            return "silent";
          }
        };
    try (Sandbox sandbox = prepared(_ -> silent)) {
      Outcome outcome =
          sandbox.run(Command.of("echo", "some"), "0a", Limits.unbounded(), Sink.DISCARD);
      assertThat(outcome.ended()).isInstanceOf(Ended.Lost.class);
      assertThat(outcome.output()).isEqualTo(OutputEnd.CUT);
    }
  }

  @Test
  void afterAFailureTheNextCallGetsItReady() {
    AtomicInteger preparations = new AtomicInteger();
    try (Sandbox sandbox =
        prepared(_ -> {
          if (preparations.getAndIncrement() == 0) {
            throw new LauncherUnavailableException("not now", "Later.");
          }
          return new PlainLauncher();
        })) {
      assertThatExceptionOfType(LauncherUnavailableException.class)
          .isThrownBy(() -> sandbox.run(Command.of("true"), "0a", Limits.unbounded(), Sink.DISCARD))
          .withMessage("not now");
      assertThat(sandbox.run(Command.of("true"), "0b", Limits.unbounded(), Sink.DISCARD).ended())
          .isEqualTo(new Ended.Exited(0));
    }
  }

  @Test
  void gettingReadyCountsInTheTimeOfTheCallsThatWaitForIt() {
    CountDownLatch ready = new CountDownLatch(1);
    try (Sandbox sandbox = prepared(_ -> awaited(ready))) {
      assertThatExceptionOfType(LauncherUnavailableException.class)
          .isThrownBy(() -> sandbox.run(Command.of("true"), "0a", BRIEF, Sink.DISCARD))
          .withMessageContaining("not ready when the call's time was up");
      ready.countDown();
      assertThat(sandbox.run(Command.of("true"), "0b", Limits.unbounded(), Sink.DISCARD).ended())
          .isEqualTo(new Ended.Exited(0));
    }
  }

  /// The audit log must be out of reach, too.
  @Test
  void aRecordedCallWaitsNoLongerEither(@TempDir Path records) throws Exception {
    Path file = Files.createDirectories(records.resolve("role")).resolve("role.yaml");
    Role role = RoleLoader.load(Files.writeString(file, "{name: a, prompt: b}"));
    CountDownLatch ready = new CountDownLatch(1);
    try (Recorded record = new Recorded(records);
        Sandbox sandbox =
            prepared(_ -> awaited(ready)).keeping(OwnFiles.of(role, System.getenv()))) {
      RoleRuntime runtime =
          RoleRuntime.open(role, sandbox, Optional.of(record.store()), "0123456789ab");
      assertThatExceptionOfType(LauncherUnavailableException.class)
          .isThrownBy(() -> runtime.exec(Command.of("true"), BRIEF, Sink.DISCARD))
          .withMessageContaining("not ready when the call's time was up");
      ready.countDown();
    }
  }

  @Test
  void anInterruptEndsTheWaitOfItsOwnCallerOnly() throws Exception {
    CountDownLatch ready = new CountDownLatch(1);
    AtomicInteger preparations = new AtomicInteger();
    try (Sandbox sandbox =
        prepared(_ -> {
          preparations.incrementAndGet();
          return awaited(ready);
        })) {
      CompletableFuture<Ended> other = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() ->
              other.complete(
                  sandbox.run(Command.of("true"), "0a", Limits.unbounded(), Sink.DISCARD).ended()));
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(LauncherUnavailableException.class)
          .isThrownBy(
              () -> sandbox.run(Command.of("true"), "0b", Limits.unbounded(), Sink.DISCARD));
      assertThat(Thread.interrupted()).isTrue();
      ready.countDown();
      assertThat(other.get()).isEqualTo(new Ended.Exited(0));
      assertThat(preparations).hasValue(1);
    }
  }

  private static Launcher awaited(CountDownLatch ready) {
    try {
      ready.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return new PlainLauncher();
  }

  /// A late answer tells nothing about the host.
  @Test
  void aQuestionWithoutAnAnswerIsAskedAgainByTheNextCall() {
    AtomicInteger asked = new AtomicInteger();
    try (Sandbox sandbox =
        prepared(probe -> {
          String seconds = asked.getAndIncrement() == 0 ? "60" : "0";
          var _ = probe.ask(Command.of("sleep", seconds), Duration.ofMillis(300));
          return new PlainLauncher();
        })) {
      for (int call = 0; call < 3; call++) {
        sandbox.run(Command.of("true"), "0" + call, Limits.unbounded(), new Captured(10));
      }
      assertThat(asked).hasValue(2);
    }
  }
}

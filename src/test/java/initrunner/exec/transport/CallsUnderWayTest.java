package initrunner.exec.transport;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.Stop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class CallsUnderWayTest {

  private final CallsUnderWay calls = new CallsUnderWay();
  private final LocalTransport transport = new LocalTransport(System.getenv());

  @AfterEach
  void close() {
    transport.close();
  }

  @Test
  void aCallThatBeginsDuringACloseIsCancelledAtOnce() throws Exception {
    calls.cancelAll(Duration.ZERO);
    try (CallScope call = calls.begin(transport)) {
      assertThat(call.isUnwanted()).isTrue();
      ProcessBuilder sleep = new ProcessBuilder("sleep", "60");
      try (LocalProcess process = LocalProcess.start(sleep, Stdin.nothing())) {
        assertThat(call.await(new Killed(process), Deadline.NEVER, Duration.ZERO, Sink.DISCARD))
            .contains(new Ended.Cancelled(Stop.STOPPED));
      }
    }
  }

  @Test
  void eachOfTwoEqualCommandsIsCancelled() {
    Equal first = new Equal();
    Equal second = new Equal();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Equal each : List.of(first, second)) {
        callers.execute(() -> {
          try (CallScope call = calls.begin(transport)) {
            var _ = call.await(each, Deadline.NEVER, Duration.ZERO, Sink.DISCARD);
          }
        });
        each.awaited.join();
      }
      calls.cancelAll(Duration.ofSeconds(10));
      assertThat(first.cancelled).isCompletedWithValue(StartedCommand.Wake.CANCELLED);
      assertThat(second.cancelled).isCompletedWithValue(StartedCommand.Wake.CANCELLED);
    }
  }

  @Test
  void aCleanUpThatBeginsDuringACloseRunsToItsEnd() {
    Captured output = new Captured(100);
    try (CallScope call = calls.begin(transport)) {
      calls.cancelAll(Duration.ZERO);

      Outcome outcome = call.cleanUp(Command.of("echo", "gone"), Limits.unbounded(), output);

      assertThat(outcome.ended()).isEqualTo(new Ended.Exited(0));
      assertThat(output.stdoutText()).isEqualTo("gone\n");
      assertThat(call.isUnwanted()).isTrue();
    }
  }

  @Test
  void noInterruptEndsACleanUp() {
    try (CallScope call = calls.begin(transport)) {
      Thread.currentThread().interrupt();

      Outcome outcome = call.cleanUp(Command.of("true"), Limits.unbounded(), Sink.DISCARD);

      assertThat(Thread.interrupted()).isTrue();
      assertThat(outcome.ended()).isEqualTo(new Ended.Exited(0));
    }
  }

  @Test
  void aCloseWaitsForACallThatCleansUp() throws Exception {
    CallScope call = calls.begin(transport);
    Thread closing = Thread.ofVirtual().start(() -> calls.cancelAll(Duration.ofSeconds(20)));
    while (!call.isUnwanted()) {
      Thread.sleep(1);
    }
    call.cleanUp(Command.of("sleep", "0.2"), Limits.unbounded(), Sink.DISCARD);
    assertThat(closing.isAlive()).isTrue();

    call.close();

    closing.join();
  }

  @Test
  void aCallThatIsClosedTwiceEndsOnce() throws Exception {
    CallScope twice = calls.begin(transport);
    CallScope other = calls.begin(transport);
    twice.close();
    twice.close();
    Thread closing = Thread.ofVirtual().start(() -> calls.cancelAll(Duration.ofSeconds(20)));
    assertThat(closing.join(Duration.ofMillis(200))).isFalse();

    other.close();

    closing.join();
  }

  private record Killed(LocalProcess process) implements StartedCommand.OfProcess {
    @Override
    public Stop stop(Duration grace, Sink sink) {
      process.close();
      return Stop.STOPPED;
    }
  }

  /// Equal to every other.
  private record Equal(CompletableFuture<Boolean> awaited, CompletableFuture<Wake> cancelled)
      implements StartedCommand<RuntimeException> {

    Equal() {
      this(new CompletableFuture<>(), new CompletableFuture<>());
    }

    @Override
    public Wake await(Deadline deadline, Sink sink) {
      awaited.complete(true);
      return cancelled.orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Override
    public void cancel() {
      cancelled.complete(Wake.CANCELLED);
    }

    @Override
    public Stop stop(Duration grace, Sink sink) {
      return Stop.STOPPED;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Equal;
    }

    @Override
    public int hashCode() {
      return 0;
    }
  }
}

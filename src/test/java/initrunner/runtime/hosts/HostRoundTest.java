package initrunner.runtime.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Ended;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import initrunner.exec.Sink;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import initrunner.tool.hosts.HostAnswer;
import initrunner.tool.hosts.HostEnd;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HostRoundTest {

  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();

  /// A host that does as it is told.
  private final class Told implements HostCall {

    private final String host;
    private final Optional<String> jumpHost;
    private final boolean isConnected;
    private final CountDownLatch goOn;
    private final int status;

    Told(
        String host,
        Optional<String> jumpHost,
        boolean isConnected,
        CountDownLatch goOn,
        int status) {
      this.host = host;
      this.jumpHost = jumpHost;
      this.isConnected = isConnected;
      this.goOn = goOn;
      this.status = status;
    }

    @Override
    public String host() {
      return host;
    }

    @Override
    public Optional<String> jumpHost() {
      return jumpHost;
    }

    @Override
    public Outcome run(Sink sink) {
      most.accumulateAndGet(running.incrementAndGet(), Math::max);
      try {
        sink.stdout(ByteBuffer.wrap(new byte[] {'x'}));
        goOn.await();
        return outcome(new Ended.Exited(status));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return outcome(new Ended.Cancelled(Stop.STOPPED));
      } finally {
        running.decrementAndGet();
      }
    }

    private Outcome outcome(Ended ended) {
      return new Outcome(ended, OutputEnd.COMPLETE, Duration.ofMillis(1));
    }

    @Override
    public boolean isConnected() {
      return isConnected;
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  private Told told(String host, int status) {
    return new Told(host, Optional.empty(), true, new CountDownLatch(0), status);
  }

  private static List<HostAnswer> all(HostRound round) {
    List<HostAnswer> answers = new ArrayList<>();
    for (Optional<HostAnswer> next = round.next(); next.isPresent(); next = round.next()) {
      answers.add(next.get());
    }
    return answers;
  }

  @Test
  void eachHostAnswersOnceAndNoMoreRunAtATimeThanAsked() {
    List<HostCall> calls =
        IntStream.range(0, 50).mapToObj(at -> (HostCall) told("n" + at, at % 2)).toList();
    try (HostRound round = new HostRound(calls, 4, _ -> Sink.DISCARD)) {
      List<HostAnswer> answers = all(round);
      assertThat(answers).extracting(HostAnswer::host).doesNotHaveDuplicates().hasSize(50);
      assertThat(answers.stream().filter(HostAnswer::isSuccess)).hasSize(25);
      assertThat(round.counts()).isEqualTo(new HostRound.Counts(50, 50, 0, 25));
    }
    assertThat(most).hasValueLessThanOrEqualTo(4);
    assertThat(closed).hasValue(50);
  }

  @Test
  void ofEqualOutputsOneIsKept() {
    List<HostCall> calls = List.of(told("a", 0), told("b", 0));
    try (HostRound round = new HostRound(calls, 2, _ -> Sink.DISCARD)) {
      List<HostAnswer> answers = all(round);
      assertThat(answers.get(0).output()).isSameAs(answers.get(1).output());
    }
  }

  /// Without that, one would wait for the other for ever.
  @Test
  void hostsThatDoNotLetInHoldNoOthersUp() {
    CountDownLatch dead = new CountDownLatch(1);
    List<HostCall> calls =
        List.of(new Told("dead", Optional.empty(), false, dead, 0), told("alive", 0));
    try (HostRound round = new HostRound(calls, 1, _ -> Sink.DISCARD)) {
      assertThat(round.next()).get().extracting(HostAnswer::host).isEqualTo("alive");
      dead.countDown();
      assertThat(round.next()).get().extracting(HostAnswer::host).isEqualTo("dead");
      assertThat(round.next()).isEmpty();
    }
  }

  @Test
  void hostsBehindOneJumpHostLogInAFewAtATime() {
    CountDownLatch goOn = new CountDownLatch(1);
    List<HostCall> calls = new ArrayList<>();
    IntStream.range(0, 20)
        .forEach(at -> calls.add(new Told("n" + at, Optional.of("gate"), false, goOn, 0)));
    calls.add(told("direct", 0));
    try (HostRound round = new HostRound(calls, 16, _ -> Sink.DISCARD)) {
      assertThat(round.next()).get().extracting(HostAnswer::host).isEqualTo("direct");
      assertThat(round.counts().running()).isEqualTo(8);
      goOn.countDown();
      assertThat(all(round)).hasSize(20);
    }
    assertThat(most).hasValueLessThanOrEqualTo(9);
  }

  @Test
  void aStopEndsThoseThatRunAndNamesThoseThatWereNotStarted() {
    CountDownLatch never = new CountDownLatch(1);
    List<HostCall> calls =
        List.of(
            told("bad", 1),
            new Told("long", Optional.empty(), true, never, 0),
            new Told("longer", Optional.empty(), true, never, 0),
            told("late", 0));
    try (HostRound round = new HostRound(calls, 2, _ -> Sink.DISCARD)) {
      assertThat(round.next()).get().extracting(HostAnswer::host).isEqualTo("bad");
      round.stop("after the first failure");
      List<HostAnswer> rest = all(round);
      assertThat(rest)
          .filteredOn(each -> each.host().equals("long"))
          .extracting(HostAnswer::end)
          .containsExactly(new HostEnd.Ran(new Ended.Cancelled(Stop.STOPPED)));
      assertThat(rest)
          .filteredOn(each -> each.host().equals("late"))
          .extracting(HostAnswer::end)
          .containsExactly(new HostEnd.NotTried("after the first failure"));
    }
  }

  @Test
  void anInterruptStopsAllAndStaysSet() {
    List<HostCall> calls =
        List.of(
            new Told("long", Optional.empty(), true, new CountDownLatch(1), 0), told("late", 0));
    try (HostRound round = new HostRound(calls, 1, _ -> Sink.DISCARD)) {
      Thread.currentThread().interrupt();
      List<HostAnswer> answers = all(round);
      assertThat(answers)
          .extracting(HostAnswer::end)
          .containsExactly(
              new HostEnd.Ran(new Ended.Cancelled(Stop.STOPPED)),
              new HostEnd.NotTried("as it was interrupted"));
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aFailureOfOneHostIsItsAnswer() {
    HostCall refused =
        new HostCall() {
          @Override
          public String host() {
            return "gone";
          }

          @Override
          public Optional<String> jumpHost() {
            return Optional.empty();
          }

          @Override
          public Outcome run(Sink sink) {
            throw new TransportException(
                TransportException.Kind.REFUSED, "gone", "refused", "See whether it is up.");
          }

          @Override
          public boolean isConnected() {
            return false;
          }

          @Override
          public void close() {}
        };
    try (HostRound round = new HostRound(List.of(refused, told("b", 0)), 1, _ -> Sink.DISCARD)) {
      assertThat(round.next())
          .get()
          .extracting(HostAnswer::end)
          .isEqualTo(
              new HostEnd.Refused(
                  Optional.of(TransportException.Kind.REFUSED),
                  "refused",
                  "See whether it is up."));
      assertThat(round.next()).get().matches(HostAnswer::isSuccess);
    }
  }
}

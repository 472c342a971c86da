package initrunner.runtime.hosts;

import initrunner.exec.Ended;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import initrunner.exec.RemedyException;
import initrunner.exec.Sink;
import initrunner.exec.TransportException;
import initrunner.tool.hosts.HostAnswer;
import initrunner.tool.hosts.HostEnd;
import initrunner.tool.hosts.HostOutput;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SequencedMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/// One command on many hosts: each on a thread of its own, so many at a time, and each answer as it
/// comes. A host whose login takes long is not counted among those, so that dead hosts hold no
/// others up; the number of all hosts under way is bounded too.
///
/// For one thread, which takes the answers with [#next] and may [#stop] the rest; any thread may
/// call [#counts].
public final class HostRound implements AutoCloseable {

  /// A host whose login takes longer is slow or dead.
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /// With slow logins, so many times the number at a time may be under way.
  private static final int MOST_TIMES = 4;

  /// `sshd` has ten by default, others' logins included.
  private static final int MOST_LOGINS_OF_A_JUMP_HOST = 8;

  private static final Duration LOGIN_POLL = Duration.ofMillis(50);

  /// Most bytes of each stream that are kept of all hosts together.
  private static final int KEPT_BYTES = 32 << 20;

  private static final int LEAST_KEPT_BYTES = 16 << 10;
  private static final int MOST_KEPT_BYTES = 512 << 10;

  /// How far it is.
  ///
  /// @param failed of those that are done
  public record Counts(int hosts, int done, int running, int failed) {}

  private sealed interface Event {

    record Answered(HostCall call, HostAnswer answer) implements Event {}

    record Gone(HostCall call) implements Event {}
  }

  private static final class Running {
    private final Thread thread;
    private final long slowAt = System.nanoTime() + PATIENCE.toNanos();

    private boolean isAnswered;

    Running(Thread thread) {
      this.thread = thread;
    }
  }

  /// Those that wait, by the jump host that they are behind.
  private final SequencedMap<Optional<String>, Queue<HostCall>> waiting = new LinkedHashMap<>();

  private final int atATime;
  private final Function<String, Sink> live;
  private final Supplier<String> interruption;
  private final int kept;
  private final Map<HostCall, Running> running = new LinkedHashMap<>();
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Map<String, HostOutput> outputs = new HashMap<>();
  private volatile Optional<String> stopped = Optional.empty();
  private int unanswered;
  private boolean isInterrupted;
  private volatile Counts counts;

  /// @param calls each for another host; this closes them
  /// @param atATime how many of them are made at once, at least one
  /// @param live takes the output of a host as it comes, on that host's thread
  public HostRound(List<HostCall> calls, int atATime, Function<String, Sink> live) {
    this(calls, atATime, live, () -> "as it was interrupted");
  }

  /// The same for a thread that is interrupted for more than one reason.
  ///
  /// @param interruption why an interrupt stops it, as the rest of a sentence
  public HostRound(
      List<HostCall> calls,
      int atATime,
      Function<String, Sink> live,
      Supplier<String> interruption) {
    this.interruption = interruption;
    calls.forEach(
        each -> waiting.computeIfAbsent(each.jumpHost(), _ -> new ArrayDeque<>()).add(each));
    this.atATime = atATime;
    this.live = live;
    this.kept =
        Math.clamp(KEPT_BYTES / Math.max(1, calls.size()), LEAST_KEPT_BYTES, MOST_KEPT_BYTES);
    this.counts = new Counts(calls.size(), 0, 0, 0);
  }

  /// How far it is.
  public Counts counts() {
    return counts;
  }

  /// The next answer; empty after the last one. Blocks until there is one. An interrupt stops what
  /// runs, as [#stop] does; the flag is set again behind the last answer.
  public Optional<HostAnswer> next() {
    while (true) {
      startMore();
      if (running.isEmpty()) {
        return nextUntried();
      }
      Optional<HostAnswer> answer = await().flatMap(this::taken);
      if (answer.isPresent()) {
        return answer;
      }
    }
  }

  /// Starts no further host, and stops those that run; their answers and those of hosts that were
  /// not started still come.
  ///
  /// @param why as the rest of a sentence
  public void stop(String why) {
    if (stopped.isEmpty()) {
      stopped = Optional.of(why);
      running.values().stream()
          .filter(each -> !each.isAnswered)
          .forEach(each -> each.thread.interrupt());
    }
  }

  private void startMore() {
    waiting.forEach((jumpHost, calls) -> {
      while (!calls.isEmpty() && mayStart() && mayLogIn(jumpHost)) {
        start(calls.remove());
      }
    });
    waiting.values().removeIf(Queue::isEmpty);
  }

  private boolean mayStart() {
    long now = System.nanoTime();
    long counted =
        running.entrySet().stream()
            .filter(each -> each.getValue().slowAt - now > 0 || each.getKey().isConnected())
            .count();
    return stopped.isEmpty() && counted < atATime && running.size() < MOST_TIMES * atATime;
  }

  /// A jump host drops logins when there are many at once (`MaxStartups`).
  private boolean mayLogIn(Optional<String> jumpHost) {
    return jumpHost.isEmpty()
        || running.keySet().stream()
                .filter(each -> each.jumpHost().equals(jumpHost))
                .filter(each -> !each.isConnected())
                .count()
            < MOST_LOGINS_OF_A_JUMP_HOST;
  }

  private void start(HostCall call) {
    Thread thread =
        Thread.ofPlatform().daemon().name("initrunner-host").unstarted(() -> make(call));
    running.put(call, new Running(thread));
    unanswered++;
    thread.start();
    counted(0, 0);
  }

  /// Waits for the next event, but not past the time when a login becomes slow, nor past the next
  /// look at the logins of a jump host that other hosts wait for.
  private Optional<Event> await() {
    long now = System.nanoTime();
    boolean isHeldBack = stopped.isEmpty() && !waiting.isEmpty() && mayStart();
    long wait =
        LongStream.concat(
                running.values().stream().mapToLong(each -> each.slowAt - now),
                isHeldBack ? LongStream.of(LOGIN_POLL.toNanos()) : LongStream.empty())
            .filter(left -> left > 0)
            .min()
            .orElse(Long.MAX_VALUE);
    try {
      return Optional.ofNullable(events.poll(wait, TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      isInterrupted = true;
      stop(interruption.get());
      return Optional.empty();
    }
  }

  private Optional<HostAnswer> taken(Event event) {
    return switch (event) {
      case Event.Answered(HostCall call, HostAnswer answer) -> {
        Optional.ofNullable(running.get(call)).ifPresent(each -> each.isAnswered = true);
        unanswered--;
        counted(1, answer.isSuccess() ? 0 : 1);
        HostOutput output =
            outputs.merge(answer.output().digest(), answer.output(), HostRound::either);
        yield Optional.of(answer.with(output));
      }
      case Event.Gone(HostCall call) -> {
        running.remove(call);
        yield Optional.empty();
      }
    };
  }

  /// Of equal outputs one is kept.
  private static HostOutput either(HostOutput known, HostOutput other) {
    return known.isSameAs(other) ? known : other;
  }

  private void counted(int done, int failed) {
    counts = new Counts(counts.hosts(), counts.done() + done, unanswered, counts.failed() + failed);
  }

  /// Of a host that was not started; empty after the last one.
  private Optional<HostAnswer> nextUntried() {
    Optional<HostCall> call =
        waiting.values().stream().filter(each -> !each.isEmpty()).findFirst().map(Queue::remove);
    if (call.isEmpty() && isInterrupted) {
      Thread.currentThread().interrupt();
    }
    return call.map(each -> {
      counted(1, 1);
      String why = stopped.orElse("");
      return answer(
          each, new HostEnd.NotTried(why), new HostOutput.Taken(2).output(OutputEnd.CUT), 0);
    });
  }

  /// Makes a call, on its host's thread.
  private void make(HostCall call) {
    try (call) {
      events.add(new Event.Answered(call, answered(call)));
    } finally {
      events.add(new Event.Gone(call));
    }
  }

  private HostAnswer answered(HostCall call) {
    long since = System.nanoTime();
    HostOutput.Taken taken = new HostOutput.Taken(kept);
    try {
      Outcome outcome = call.run(new Both(taken, live.apply(call.host())));
      return answer(call, new HostEnd.Ran(outcome.ended()), taken.output(outcome.output()), since);
    } catch (TransportException e) {
      HostEnd refused =
          stoppedBefore()
              .orElseGet(() ->
                  new HostEnd.Refused(
                      Optional.of(e.kind()), String.valueOf(e.getMessage()), e.remedy()));
      return answer(call, refused, taken.output(OutputEnd.CUT), since);
    } catch (RemedyException e) {
      HostEnd refused =
          new HostEnd.Refused(Optional.empty(), String.valueOf(e.getMessage()), e.remedy());
      return answer(call, refused, taken.output(OutputEnd.CUT), since);
    } catch (RuntimeException | Error e) {
      // The command may have begun.
      HostEnd failed =
          new HostEnd.Ran(new Ended.Lost("InitRunner does not know its end, by an error: " + e));
      return answer(call, failed, taken.output(OutputEnd.CUT), since);
    }
  }

  /// A login that this has ended is no failure of the host.
  private Optional<HostEnd> stoppedBefore() {
    return stopped.filter(_ -> Thread.currentThread().isInterrupted()).map(HostEnd.NotTried::new);
  }

  private static HostAnswer answer(HostCall call, HostEnd end, HostOutput output, long since) {
    long nanos = since == 0 ? 0 : System.nanoTime() - since;
    return new HostAnswer(call.host(), end, output, Duration.ofNanos(nanos));
  }

  /// Stops what runs, and waits for its end. An interrupt does not end the wait; the flag is set
  /// again.
  @Override
  public void close() {
    stop("as it was closed");
    while (next().isPresent()) {}
  }

  private record Both(Sink first, Sink second) implements Sink {

    @Override
    public void stdout(ByteBuffer bytes) {
      first.stdout(bytes.duplicate());
      second.stdout(bytes);
    }

    @Override
    public void stderr(ByteBuffer bytes) {
      first.stderr(bytes.duplicate());
      second.stderr(bytes);
    }
  }
}

package initrunner.door.codex;

import initrunner.door.jsonrpc.Connection;
import initrunner.door.jsonrpc.Json;
import initrunner.exec.Ended;
import initrunner.exec.RemedyException;
import initrunner.exec.Sink;
import initrunner.exec.Stop;
import initrunner.exec.transport.Pipe;
import initrunner.exec.transport.ShellStatus;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// One process of a client: its output, numbered and kept up to a bound, and its end. The client
/// gets each part as a notification, and can read what is kept. One thread writes, any read.
final class HostProcess implements Sink {

  private static final int MOST_KEPT_BYTES = 1024 * 1024;
  private static final int MOST_CHUNK_BYTES = 64 * 1024;
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Chunk(long number, String stream, byte[] bytes) {

    Json.Obj json() {
      return Json.Obj.EMPTY
          .with("seq", number)
          .with("stream", stream)
          .with("chunk", Base64.getEncoder().encodeToString(bytes));
    }
  }

  private final String id;
  private final Connection connection;
  private final Optional<Pipe> input;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // All below is guarded by the lock.
  private final Deque<Chunk> kept = new ArrayDeque<>();
  private int keptBytes;
  private long next = 1;
  private OptionalInt exit = OptionalInt.empty();
  private boolean denied;
  private boolean closed;
  private boolean unwanted;
  private Optional<Thread> thread = Optional.empty();

  /// @param input what the client writes; empty if it cannot write
  HostProcess(String id, Connection connection, Optional<Pipe> input) {
    this.id = id;
    this.connection = connection;
    this.input = input;
  }

  Optional<Pipe> input() {
    return input;
  }

  /// Names the thread that [#terminate] interrupts.
  ///
  /// @return false if the process was terminated before
  boolean runsOn(Thread runner) {
    lock.lock();
    try {
      thread = Optional.of(runner);
      return !unwanted;
    } finally {
      lock.unlock();
    }
  }

  /// Ends the process, if it has not ended; does not wait.
  ///
  /// @return whether it ran
  boolean terminate() {
    lock.lock();
    try {
      boolean runs = exit.isEmpty();
      if (runs) {
        unwanted = true;
        thread.ifPresent(Thread::interrupt);
      }
      return runs;
    } finally {
      lock.unlock();
    }
  }

  boolean isUnwanted() {
    lock.lock();
    try {
      return unwanted;
    } finally {
      lock.unlock();
    }
  }

  boolean hasEnded() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    add("stdout", bytes);
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    add("stderr", bytes);
  }

  /// A line of this program in the process's output.
  void say(String line) {
    stderr(ByteBuffer.wrap(("initrunner: " + line + "\n").getBytes(StandardCharsets.UTF_8)));
  }

  private void add(String stream, ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      byte[] part = new byte[Math.min(bytes.remaining(), MOST_CHUNK_BYTES)];
      bytes.get(part);
      Chunk chunk = keep(stream, part);
      connection.notify("process/output", chunk.json().with("processId", id));
    }
  }

  private Chunk keep(String stream, byte[] bytes) {
    lock.lock();
    try {
      Chunk chunk = new Chunk(next++, stream, bytes);
      kept.add(chunk);
      keptBytes += bytes.length;
      while (keptBytes > MOST_KEPT_BYTES) {
        keptBytes -= kept.removeFirst().bytes().length;
      }
      changed.signalAll();
      return chunk;
    } finally {
      lock.unlock();
    }
  }

  /// Tells the client how the process ended, and that its output is at its end.
  ///
  /// @param how empty if it was not started
  void ended(Optional<Ended> how) {
    how.flatMap(HostProcess::words).ifPresent(this::say);
    ended(how.map(ShellStatus::of).orElse(ShellStatus.NOT_RUN), false);
  }

  /// Tells the client that its sandbox does not let the process run.
  void denied(String why) {
    say(why);
    ended(ShellStatus.REFUSED, true);
  }

  private void ended(int status, boolean isDenied) {
    input.ifPresent(Pipe::close);
    long number =
        number(() -> {
          exit = OptionalInt.of(status);
          denied = isDenied;
        });
    connection.notify(
        "process/exited",
        numbered(number).with("exitCode", status).with("sandboxDenied", isDenied));
    long last = number(() -> closed = true);
    connection.notify("process/closed", numbered(last));
  }

  private Json.Obj numbered(long number) {
    return Json.Obj.EMPTY.with("processId", id).with("seq", number);
  }

  private long number(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
      return next++;
    } finally {
      lock.unlock();
    }
  }

  /// Why nothing was started, and the next step.
  static String words(RemedyException e) {
    return "nothing was started: " + e.getMessage() + ". " + e.remedy();
  }

  private static Optional<String> words(Ended how) {
    return switch (how) {
      case Ended.Exited _ -> Optional.empty();
      case Ended.Signaled(String name) -> Optional.of("killed by signal " + name);
      case Ended.OutOfMemory _ -> Optional.of("it used more memory than its limit");
      case Ended.TimedOut(Stop stop) -> Optional.of("its time is up; " + words(stop));
      case Ended.Cancelled(Stop stop) -> Optional.of("stopped by the client; " + words(stop));
      case Ended.Lost(String reason) ->
          Optional.of("the connection was lost, and it may still run: " + reason);
    };
  }

  private static String words(Stop stop) {
    return switch (stop) {
      case STOPPED -> "nothing of it runs any more";
      case STILL_RUNNING -> "something of it still runs";
      case UNKNOWN -> "whether something of it still runs is not known";
    };
  }

  /// The output behind a number, and the end. Blocks until there is some, at most for this time.
  Json.Obj read(long after, long mostBytes, Duration wait) throws InterruptedException {
    Duration bounded = wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    long endNanos = System.nanoTime() + bounded.toNanos();
    lock.lockInterruptibly();
    try {
      while (true) {
        List<Chunk> chunks = behind(after, mostBytes);
        long following = chunks.isEmpty() ? next : chunks.getLast().number() + 1;
        long leftNanos = endNanos - System.nanoTime();
        boolean hasNews = exit.isPresent() && after < following - 1;
        if (!chunks.isEmpty() || closed || hasNews || leftNanos <= 0) {
          return answer(chunks, following);
        }
        boolean ignored = changed.await(leftNanos, TimeUnit.NANOSECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  private List<Chunk> behind(long after, long mostBytes) {
    List<Chunk> chunks = new ArrayList<>();
    long bytes = 0;
    for (Chunk chunk : kept) {
      if (chunk.number() > after) {
        if (!chunks.isEmpty() && bytes + chunk.bytes().length > mostBytes) {
          break;
        }
        chunks.add(chunk);
        bytes += chunk.bytes().length;
      }
    }
    return chunks;
  }

  private Json.Obj answer(List<Chunk> chunks, long following) {
    Json status =
        exit.isPresent() ? new Json.Num(Integer.toString(exit.getAsInt())) : new Json.Null();
    return Json.Obj.EMPTY
        .with("chunks", new Json.Arr(chunks.stream().<Json>map(Chunk::json).toList()))
        .with("nextSeq", following)
        .with("exited", exit.isPresent())
        .with("exitCode", status)
        .with("closed", closed)
        .with("failure", new Json.Null())
        .with("sandboxDenied", denied);
  }
}

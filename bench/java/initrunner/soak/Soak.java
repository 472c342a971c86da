package initrunner.soak;

import initrunner.Role;
import initrunner.Sandbox;
import initrunner.door.mcp.DoorSoak;
import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.Stop;
import initrunner.ssh.SshdExtension;
import initrunner.transfer.ExchangeRounds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/// Uses the library for long against a real `sshd` on loopback, prints what it holds before and
/// after as Markdown, and fails where that has grown:
///
/// - `calls=N`: calls over one connection, from several threads. A tenth prints 20 kB, a hundredth
///   reads 10 kB; of each thousand, one is stopped by its time limit and one by its sink.
/// - `sessions=N`: sandboxes that are opened, used for one call and closed.
/// - `hours=N`: a session in which someone runs a command every ten minutes, so that the connection
///   ends (`control_persist`) and the next call logs in again. The ten minutes are simulated: the
///   role sets `control_persist` to a second, and the next call comes when the server has no
///   session any more.
/// - `fuzz=N` and `kills=N`: see [DoorSoak].
/// - `exchanges=N`: see [ExchangeRounds].
/// - `jobs=SECONDS`: see [JobSoak].
/// - `many=N`: see [ManyJobs].
/// - `hosts=N`: see [HostsSoak].
public final class Soak {

  static final int CALLERS = 8;
  private static final int OPENERS = 2;
  private static final int WAKES_PER_HOUR = 6;

  /// The part of the work before the first measurement: it makes what a process keeps for good.
  private static final int WARM_UP_SHARE = 10;

  private static final int OUTPUT_BYTES = 20_000;
  private static final int INPUT_BYTES = 10_000;

  /// So few that the audit log is full soon.
  private static final String MOST_RECORDS = "5000";

  private static final Limits BRIEF = Limits.timeout(Duration.ofMillis(100));

  private final SshdExtension sshd;
  private final Path directory;
  private boolean flat = true;

  private Soak(SshdExtension sshd, Path directory) {
    this.sshd = sshd;
    this.directory = directory;
  }

  public static void main(String[] parts) throws Exception {
    SshdExtension sshd = new SshdExtension("MaxSessions 20");
    sshd.prepareAndStart();
    boolean flat;
    try {
      Soak soak = new Soak(sshd, Files.createTempDirectory("initrunner-soak-"));
      for (String part : parts) {
        soak.run(part);
      }
      flat = soak.flat;
    } finally {
      sshd.stopAndDelete();
    }
    System.exit(flat ? 0 : 1);
  }

  private void run(String part) throws Exception {
    String name = part.replaceFirst("=.*", "");
    int count = Integer.parseInt(part.substring(name.length() + 1));
    switch (name) {
      case "calls" -> calls(count);
      case "sessions" -> sessions(count);
      case "hours" -> hours(count);
      case "fuzz" -> new DoorSoak(sshd, directory).fuzz(count);
      case "kills" -> new DoorSoak(sshd, directory).kills(count);
      case "exchanges" -> exchanges(count);
      case "jobs" -> JobSoak.run(directory, count);
      case "many" -> many(count);
      case "hosts" -> flat &= HostsSoak.run(directory, count);
      default ->
          throw new IllegalArgumentException(
              part + ": calls, sessions, hours, fuzz, kills, exchanges, jobs, many or hosts");
    }
  }

  private void exchanges(int count) throws Exception {
    long seed = System.nanoTime();
    System.out.println("Seed of the exchanges: " + seed);
    new ExchangeRounds(sshd, directory.resolve("exchanges"), seed).run(count);
    System.out.println(
        "%,d exchanges, most of them ended in their middle: each file whole, no edit lost"
            .formatted(count));
  }

  private void many(int count) throws Exception {
    // The record of the other parts is there to be measured.
    try (Sandbox sandbox = Sandbox.open(role("60s"))) {
      expect(new Ended.Exited(0), run(sandbox, Command.of("true")));
    }
    flat &= ManyJobs.run(sshd, directory, home(), count);
  }

  private void calls(int count) throws Exception {
    try (Sandbox sandbox = Sandbox.open(role("yes"))) {
      compare(count + " calls", count, CALLERS, number -> call(sandbox, number));
    }
  }

  private void sessions(int count) throws Exception {
    Role role = role("60s");
    compare(
        count + " sessions",
        count,
        OPENERS,
        _ -> {
          try (Sandbox sandbox = Sandbox.open(role)) {
            expect(new Ended.Exited(0), run(sandbox, Command.of("true")));
          }
        });
  }

  private void hours(int count) throws Exception {
    try (Sandbox sandbox = Sandbox.open(role("1s"))) {
      compare(
          count + " simulated hours",
          count * WAKES_PER_HOUR,
          1,
          _ -> {
            expect(new Ended.Exited(0), run(sandbox, Command.of("true")));
            while (!sshd.sessions().isEmpty()) {
              pause();
            }
          });
    }
  }

  private Role role(String controlPersist) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("role.yaml"),
            """
            name: soak
            prompt: You are a soak test.
            tools: [shell]
            security:
              sandbox:
                backend: ssh
                ssh: {host: %s, config_file: %s, control_persist: "%s"}
            """
                .formatted(SshdExtension.HOST, sshd.configFile(), controlPersist));
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("INITRUNNER_HOME", home().toString());
    environment.put("INITRUNNER_AUDIT_MAX_RECORDS", MOST_RECORDS);
    return Role.load(file, environment);
  }

  private Path home() {
    return directory.resolve("home");
  }

  /// Does the first tenth, measures, does the rest, and measures again.
  private void compare(String title, int count, int threads, IntConsumer work) throws Exception {
    int warmUp = Math.max(1, count / WARM_UP_SHARE);
    each(0, warmUp, threads, work);
    Held before = Held.settled(sshd, home(), Optional.empty());
    long begin = System.nanoTime();
    each(warmUp, count, threads, work);
    long seconds = (System.nanoTime() - begin) / 1_000_000_000;
    Held after = Held.settled(sshd, home(), Optional.of(before));
    System.out.printf("%n### %s, the last %d of them in %d s%n%n", title, count - warmUp, seconds);
    System.out.print(after.beside(before));
    flat &= after.isFlat(before);
  }

  /// Does the work from one number to another, on so many threads.
  private static void each(int from, int to, int threads, IntConsumer work) throws Exception {
    AtomicInteger next = new AtomicInteger(from);
    List<Future<?>> workers = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int worker = 0; worker < threads; worker++) {
        workers.add(
            executor.submit(() -> {
              for (int number = next.getAndIncrement(); number < to; ) {
                work.accept(number);
                number = next.getAndIncrement();
              }
            }));
      }
      for (Future<?> worker : workers) {
        worker.get();
      }
    }
  }

  private static void call(Sandbox sandbox, int number) {
    if (number % 1000 == 1) {
      Ended ended = sandbox.run(Command.of("sleep", "60"), BRIEF, Sink.DISCARD).ended();
      expect(new Ended.TimedOut(Stop.STOPPED), ended);
    } else if (number % 1000 == 2) {
      callWithFailingSink(sandbox);
    } else if (number % 100 == 3) {
      Command counted =
          Command.of("sh", "-c", "test $(wc -c) = " + INPUT_BYTES)
              .withStdin(new Stdin.Bytes(new byte[INPUT_BYTES]));
      expect(new Ended.Exited(0), run(sandbox, counted));
    } else if (number % 10 == 4) {
      expect(
          new Ended.Exited(0),
          run(sandbox, Command.of("head", "-c", "" + OUTPUT_BYTES, "/dev/zero")));
    } else {
      expect(new Ended.Exited(0), run(sandbox, Command.of("true")));
    }
  }

  private static void callWithFailingSink(Sandbox sandbox) {
    Sink full =
        new Sink() {
          @Override
          public void stdout(ByteBuffer bytes) {
            throw new IllegalStateException("full");
          }

          @Override
          public void stderr(ByteBuffer bytes) {}
        };
    try {
      Ended ended =
          sandbox.run(Command.of("sh", "-c", "echo; sleep 60"), Limits.unbounded(), full).ended();
      throw new AssertionError("a call whose sink fails ended as " + ended);
    } catch (IllegalStateException expected) {
      // The sink's own.
    }
  }

  private static Ended run(Sandbox sandbox, Command command) {
    return sandbox.run(command, Limits.unbounded(), new Captured(OUTPUT_BYTES)).ended();
  }

  private static void expect(Ended expected, Ended ended) {
    if (!ended.equals(expected)) {
      throw new AssertionError("a call ended as " + ended + " in place of " + expected);
    }
  }

  static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }
}

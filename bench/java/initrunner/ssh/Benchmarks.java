package initrunner.ssh;

import com.sun.management.ThreadMXBean;
import initrunner.exec.Command;
import initrunner.ssh.process.SshProcessTransport;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Measures the engine side by side with what else there is, all in one run against one real sshd
/// on loopback, and prints Markdown. `latency`, `throughput`, `bulk` and `input` are the parts.
public final class Benchmarks {

  private static final int WARM_UP = 100;
  private static final int CALLERS = 64;
  private static final int CALLS = 2_000;
  private static final int IN_A_ROW = 20;

  /// `USER_HZ` of every Linux there is.
  private static final long TICKS_PER_SECOND = 100;

  private Benchmarks() {}

  public static void main(String[] parts) throws Exception {
    for (String part : parts) {
      switch (part) {
        case "latency" -> {
          latency(Duration.ZERO, 400);
          inARow(400);
          latency(Duration.ofMillis(20), 60);
          latency(Duration.ofMillis(100), 20);
        }
        case "throughput" -> {
          throughput(10);
          throughput(64);
        }
        case "bulk" -> bulk();
        case "input" -> input();
        default ->
            throw new IllegalArgumentException(part + ": latency, throughput, bulk or input");
      }
    }
    System.exit(0); // a library's threads may still be there
  }

  private interface Body {
    void with(SshdExtension sshd) throws Exception;
  }

  private static void withServer(int maxSessions, Body body) throws Exception {
    SshdExtension sshd = new SshdExtension("MaxSessions " + maxSessions, "LogLevel INFO");
    sshd.prepareAndStart();
    try {
      body.with(sshd);
    } finally {
      sshd.stopAndDelete();
    }
  }

  private static List<Contender> contenders(Contender.Server server) throws Exception {
    return List.of(
        new EngineContender("InitRunner engine", new SshTransport(server.target())),
        new EngineContender(
            "InitRunner, a process per call", new SshProcessTransport(server.target())),
        new ProcessContender(server),
        new MinaContender(server),
        new SshjContender(server),
        new JschContender(server));
  }

  private static void closeAll(List<Contender> contenders) throws Exception {
    for (Contender contender : contenders) {
      contender.close();
    }
  }

  private static void latency(Duration roundTrip, int rounds) throws Exception {
    withServer(
        64,
        sshd -> {
          try (Relay relay = new Relay(sshd.port(), roundTrip.dividedBy(2))) {
            int port = roundTrip.isZero() ? sshd.port() : relay.port();
            Contender.Server server =
                new Contender.Server(sshd.targetVia(port), port, sshd.user(), sshd.key());
            List<Contender> all = new ArrayList<>(contenders(server));
            Floor floor = new Floor(server.target());
            all.add(floor);
            Map<Contender, long[]> nanos = new LinkedHashMap<>();
            for (Contender contender : all) {
              contender.connect();
              nanos.put(contender, new long[rounds]);
              for (int i = 0; i < Math.min(WARM_UP, rounds); i++) {
                contender.run(Command.of("true"), EngineContender.NO_INPUT);
              }
            }
            for (int round = 0; round < rounds; round++) {
              for (Contender contender : all) {
                long begin = System.nanoTime();
                long own = contender.run(Command.of("true"), EngineContender.NO_INPUT);
                long took = contender.equals(floor) ? own : System.nanoTime() - begin;
                taken(nanos, contender)[round] = took;
              }
            }
            Duration measured =
                roundTrip.isZero() ? roundTrip : RoundTrip.through(roundTrip.dividedBy(2));
            String place =
                roundTrip.isZero()
                    ? "loopback"
                    : String.format(
                        Locale.ROOT,
                        "round trip %d ms, in fact %.2f",
                        roundTrip.toMillis(),
                        measured.toNanos() / 1e6);
            print(
                "Warm `true`, " + place + " (" + rounds + " calls each, interleaved)",
                measured,
                nanos);
            closeAll(all);
          }
        });
  }

  /// Calls without a pause between: no shell comes to wait for any.
  private static void inARow(int rounds) throws Exception {
    withServer(
        64,
        sshd -> {
          Contender.Server server =
              new Contender.Server(sshd.target(), sshd.port(), sshd.user(), sshd.key());
          List<Contender> all = contenders(server);
          Map<Contender, long[]> nanos = new LinkedHashMap<>();
          for (Contender contender : all) {
            contender.connect();
            nanos.put(contender, new long[rounds]);
          }
          for (int round = 0; round < rounds; round += IN_A_ROW) {
            for (Contender contender : all) {
              for (int i = round; i < Math.min(rounds, round + IN_A_ROW); i++) {
                long begin = System.nanoTime();
                contender.run(Command.of("true"), EngineContender.NO_INPUT);
                taken(nanos, contender)[i] = System.nanoTime() - begin;
              }
            }
          }
          print("`true` in a row, loopback (" + rounds + " calls each)", Duration.ZERO, nanos);
          closeAll(all);
        });
  }

  private static void print(String title, Duration roundTrip, Map<Contender, long[]> nanos) {
    System.out.printf("%n### %s%n%n", title);
    System.out.println("| | median ms | p99 ms | engine ÷ this | round trips |");
    System.out.println("|---|---|---|---|---|");
    double ours = median(nanos.values().iterator().next());
    nanos.forEach((contender, taken) ->
        System.out.printf(
            Locale.ROOT,
            "| %s | %.2f | %.2f | %.2f | %s |%n",
            contender.name(),
            median(taken),
            percentile(taken, 99),
            ours / median(taken),
            roundTrip.isZero()
                ? ""
                : String.format(Locale.ROOT, "%.2f", median(taken) * 1e6 / roundTrip.toNanos())));
  }

  private static long[] taken(Map<Contender, long[]> nanos, Contender contender) {
    return nanos.getOrDefault(contender, new long[0]);
  }

  private static double median(long[] nanos) {
    return percentile(nanos, 50);
  }

  private static double percentile(long[] nanos, int percent) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1e6;
  }

  private static void throughput(int maxSessions) throws Exception {
    System.out.printf(
        "%n### %,d calls of `true` from %d callers, MaxSessions %d%n%n",
        CALLS, CALLERS, maxSessions);
    System.out.println(
        "| | succeeded | failed | succeeded per s | log-ins | CPU of the server, ms per call |");
    System.out.println("|---|---|---|---|---|---|");
    for (int i = 0; i < 6; i++) {
      int which = i;
      withServer(
          maxSessions,
          sshd -> {
            Contender.Server server =
                new Contender.Server(sshd.target(), sshd.port(), sshd.user(), sshd.key());
            Contender contender = contenders(server).get(which);
            contender.connect();
            AtomicInteger failed = new AtomicInteger();
            long begin = System.nanoTime();
            try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
              List<Future<?>> calls = new ArrayList<>();
              for (int call = 0; call < CALLS; call++) {
                calls.add(callers.submit(() -> runOne(contender, failed)));
              }
              for (Future<?> call : calls) {
                call.get();
              }
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            int succeeded = CALLS - failed.get();
            contender.close();
            sshd.awaitNoClients();
            System.out.printf(
                Locale.ROOT,
                "| %s | %d | %d | %.0f | %d | %.1f |%n",
                contender.name(),
                succeeded,
                failed.get(),
                succeeded / seconds,
                sshd.logins(),
                cpuMillisOfEndedChildren(sshd.pid()) / succeeded);
          });
    }
  }

  /// What the sessions of a server took, with all that ran in them (`cutime` and `cstime`,
  /// proc(5)).
  private static double cpuMillisOfEndedChildren(long server) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + server + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) * 1000.0 / TICKS_PER_SECOND;
  }

  private static void runOne(Contender contender, AtomicInteger failed) {
    try {
      contender.run(Command.of("true"), EngineContender.NO_INPUT);
    } catch (Exception counted) {
      failed.incrementAndGet();
    }
  }

  private static void bulk() throws Exception {
    long bytes = 1L << 30;
    Command command = Command.of("head", "-c", Long.toString(bytes), "/dev/zero");
    transfer(
        String.format(
            Locale.ROOT, "1 GiB of output, heap %d MiB", Runtime.getRuntime().maxMemory() >> 20),
        command,
        bytes,
        Optional.empty());
  }

  private static void input() throws Exception {
    long bytes = 256L << 20;
    transfer(
        "256 MiB of input", Command.of("sh", "-c", "cat >/dev/null"), bytes, Optional.of(bytes));
  }

  private static void transfer(String title, Command command, long bytes, Optional<Long> inputBytes)
      throws Exception {
    System.out.printf("%n### %s%n%n", title);
    System.out.println("| | MB/s (median of 3) | engine ÷ this |");
    System.out.println("|---|---|---|");
    withServer(
        10,
        sshd -> {
          Contender.Server server =
              new Contender.Server(sshd.target(), sshd.port(), sshd.user(), sshd.key());
          List<Contender> all = new ArrayList<>(contenders(server));
          all.add(new PlainSsh(server));
          Map<Contender, long[]> nanos = new LinkedHashMap<>();
          for (Contender contender : all) {
            contender.connect();
            nanos.put(contender, new long[3]);
          }
          for (int round = 0; round < 3; round++) {
            for (Contender contender : all) {
              InputStream stdin =
                  inputBytes.<InputStream>map(Zeros::new).orElse(EngineContender.NO_INPUT);
              long begin = System.nanoTime();
              long came = contender.run(command, stdin);
              taken(nanos, contender)[round] = System.nanoTime() - begin;
              if (inputBytes.isEmpty() && came >= 0 && came != bytes) {
                throw new IllegalStateException(contender.name() + " gave " + came + " bytes");
              }
            }
          }
          double ours = bytes / 1e3 / median(nanos.values().iterator().next());
          nanos.forEach((contender, taken) -> {
            double speed = bytes / 1e3 / median(taken);
            System.out.printf(
                Locale.ROOT, "| %s | %.0f | %.2f |%n", contender.name(), speed, ours / speed);
          });
          closeAll(all);
        });
    allocation();
  }

  /// Bytes allocated on the calling thread by one warm call.
  private static void allocation() throws Exception {
    withServer(
        10,
        sshd -> {
          Contender.Server server =
              new Contender.Server(sshd.target(), sshd.port(), sshd.user(), sshd.key());
          try (Contender engine = contenders(server).getFirst()) {
            engine.connect();
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            for (int i = 0; i < WARM_UP; i++) {
              engine.run(Command.of("true"), EngineContender.NO_INPUT);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < WARM_UP; i++) {
              engine.run(Command.of("true"), EngineContender.NO_INPUT);
            }
            System.out.printf(
                "%nAllocated by one warm call of the engine: %,d bytes.%n",
                (threads.getCurrentThreadAllocatedBytes() - before) / WARM_UP);
          }
        });
  }
}

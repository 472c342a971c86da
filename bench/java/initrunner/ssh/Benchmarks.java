package initrunner.ssh;

import com.sun.management.ThreadMXBean;
import initrunner.exec.Command;
import initrunner.ssh.process.SshProcessTransport;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

  /// What OpenSSH's programs choose among themselves, and what is fastest for most of the others.
  private static final List<String> CIPHERS =
      List.of("chacha20-poly1305@openssh.com", "aes128-gcm@openssh.com");

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
        case "bulk" -> {
          transfer(Transfers.output(1L << 30));
          allocation();
        }
        case "input" -> transfer(Transfers.input(256L << 20));
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
    withServer(maxSessions, CIPHERS.getFirst(), body);
  }

  private static void withServer(int maxSessions, String cipher, Body body) throws Exception {
    SshdExtension sshd =
        new SshdExtension("MaxSessions " + maxSessions, "LogLevel INFO", "Ciphers " + cipher);
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
          Contender.Server server = Contender.Server.of(sshd);
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
        "| | succeeded | failed | succeeded per s | log-ins | CPU of the server, ms per call |"
            + " share of what that allows |");
    System.out.println("|---|---|---|---|---|---|---|");
    for (int i = 0; i < 6; i++) {
      int which = i;
      withServer(
          maxSessions,
          sshd -> {
            Contender.Server server = Contender.Server.of(sshd);
            Contender contender = contenders(server).get(which);
            contender.connect();
            var _ = failures(contender, CALLS / 4);
            double before = serverSeconds(sshd);
            long begin = System.nanoTime();
            int failed = failures(contender, CALLS);
            double seconds = (System.nanoTime() - begin) / 1e9;
            double serverSeconds = serverSeconds(sshd) - before;
            contender.close();
            int succeeded = CALLS - failed;
            System.out.printf(
                Locale.ROOT,
                "| %s | %d | %d | %.0f | %d | %.1f | %.2f |%n",
                contender.name(),
                succeeded,
                failed,
                succeeded / seconds,
                sshd.logins(),
                1000 * serverSeconds / succeeded,
                serverSeconds / seconds / Runtime.getRuntime().availableProcessors());
          });
    }
    System.out.printf(
        """

        %,d calls before that are not counted. The last column is the part of all %d processors that
        the server and its commands had: at 1.00 the clients would need nothing.
        """,
        CALLS / 4, Runtime.getRuntime().availableProcessors());
  }

  private static double serverSeconds(SshdExtension sshd) {
    return ProcessorTime.now(sshd, List.of()).server();
  }

  /// Runs so many calls from all callers.
  ///
  /// @return how many failed
  private static int failures(Contender contender, int count) throws Exception {
    AtomicInteger failed = new AtomicInteger();
    try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      List<Future<?>> calls = new ArrayList<>();
      for (int call = 0; call < count; call++) {
        calls.add(callers.submit(() -> runOne(contender, failed)));
      }
      for (Future<?> call : calls) {
        call.get();
      }
    }
    return failed.get();
  }

  private static void runOne(Contender contender, AtomicInteger failed) {
    try {
      contender.run(Command.of("true"), EngineContender.NO_INPUT);
    } catch (Exception counted) {
      failed.incrementAndGet();
    }
  }

  private static void transfer(Transfers transfers) throws Exception {
    for (String cipher : CIPHERS) {
      withServer(
          10,
          cipher,
          sshd -> {
            Contender.Server server = Contender.Server.of(sshd);
            List<Contender> all = new ArrayList<>(contenders(server));
            all.add(new PlainSsh(server));
            for (Contender contender : all) {
              contender.connect();
            }
            transfers.print(sshd, all, cipher);
            closeAll(all);
          });
    }
    System.out.println(
        """

        All windows are 2 MiB and all packets 32 KiB, the defaults of OpenSSH and of the libraries;
        jsch has a fixed window of 1 MiB. No client delays its packets (TCP_NODELAY), and each
        reads and writes in the way that is fastest for it. "Server" includes the command. Where
        all processors are busy, the machine is the bound; where the busiest process takes 100 % of
        one, that process is.""");
  }

  /// Bytes allocated on the calling thread by one warm call.
  private static void allocation() throws Exception {
    withServer(
        10,
        sshd -> {
          Contender.Server server = Contender.Server.of(sshd);
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

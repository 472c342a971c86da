package initrunner.audit;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.role.Role;
import initrunner.role.RoleLoader;
import initrunner.runtime.RoleRuntime;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// Measures what the audit log costs a call, what one record costs, in memory (`/dev/shm`) and on the
/// disk of the given directory, how many are recorded by several threads, and how long it takes to
/// verify 100,000 of them, all in one run, and prints Markdown.
public final class AuditBenchmarks {

  private static final int WARM_UP = 1000;
  private static final int APPENDS = 2000;
  private static final int VERIFIED = 100_000;
  private static final int VERIFICATIONS = 5;
  private static final int CALLS = 300;
  private static final int WARM_UP_CALLS = 100;
  private static final int APPENDS_OF_A_THREAD = 100;
  private static final int PARALLEL_ROUNDS = 5;
  private static final Path STRACE = Path.of("/usr/bin/strace");
  private static final List<Integer> THREADS = List.of(1, 8, 64);

  private AuditBenchmarks() {}

  public static void main(String[] args) throws Exception {
    Path memory = Files.createTempDirectory(Path.of("/dev/shm"), "initrunner-bench-");
    Path disk = Files.createTempDirectory(Path.of(args[0]), "bench-audit-");
    try {
      calls(disk);
      append(memory, disk);
      parallel(disk);
      work(disk);
      verify(memory.resolve("verified.db"));
    } finally {
      delete(memory);
      delete(disk);
    }
  }

  private static void calls(Path disk) throws IOException {
    System.out.printf("%n### A warm `true` (median of %d, interleaved)%n%n", CALLS);
    System.out.println("| where | recorded, ms | not recorded, ms | the audit log's share |");
    System.out.println("|---|---|---|---|");
    SshdExtension sshd = new SshdExtension();
    sshd.prepareAndStart();
    try (AuditStore store = AuditStore.open(disk.resolve("calls.db"))) {
      String ssh =
          "{backend: ssh, ssh: {host: %s, config_file: %s}}"
              .formatted(SshdExtension.HOST, sshd.configFile());
      calls("local", role(disk, "{backend: none}"), store);
      calls("ssh", role(disk, ssh), store);
    } finally {
      sshd.stopAndDelete();
    }
  }

  private static Role role(Path disk, String sandbox) throws IOException {
    String text =
        """
        name: bench
        prompt: You are a benchmark.
        security: {sandbox: %s}
        """
            .formatted(sandbox);
    return RoleLoader.load(Files.writeString(disk.resolve("role.yaml"), text));
  }

  private static void calls(String where, Role role, AuditStore store) {
    long[] recorded = new long[CALLS];
    long[] unrecorded = new long[CALLS];
    Command command = Command.of("true");
    try (RoleRuntime with = RoleRuntime.open(role, Optional.of(store), "bench");
        RoleRuntime without = RoleRuntime.open(role, Optional.empty(), "bench")) {
      for (int i = -WARM_UP_CALLS; i < CALLS; i++) {
        long begin = System.nanoTime();
        with.exec(command, Limits.unbounded(), new Captured(100));
        long first = System.nanoTime();
        without.exec(command, Limits.unbounded(), new Captured(100));
        long second = System.nanoTime();
        if (i >= 0) {
          recorded[i] = first - begin;
          unrecorded[i] = second - first;
        }
      }
    }
    System.out.printf(
        "| %s | %.2f | %.2f | %.0f %% |%n",
        where,
        median(recorded) / 1e3,
        median(unrecorded) / 1e3,
        100 * (1 - median(unrecorded) / median(recorded)));
  }

  /// What an append asks of SQLite and of the disk.
  private static void work(Path disk) throws Exception {
    Path database = disk.resolve("work.db");
    AuditStore.open(database).close();
    ChainKey key = ChainKey.beside(database);
    AtomicInteger executed = new AtomicInteger();
    int each;
    try (Connection connection =
        counted(Connection.class, SqliteDriver.openToWrite(database), executed)) {
      ChainWriter writer =
          new ChainWriter(new CurrentEnds(connection, database, key, key.toSign()));
      writer.append(List.of(new ChainWriter.Unwritten(Chain.EVENTS, event(0).fields())));
      executed.set(0);
      writer.append(List.of(new ChainWriter.Unwritten(Chain.EVENTS, event(1).fields())));
      each = executed.get();
    }
    System.out.printf("%n### What one record takes%n%n");
    System.out.printf("- %d statements%n", each);
    System.out.printf(
        "- %s waits for the disk%n",
        Files.isExecutable(STRACE)
            ? "%.2f".formatted((waits(disk, 1100) - waits(disk, 100)) / 1000.0)
            : "unknown (strace is not installed)");
  }

  /// Counts the executions of the statements of a connection.
  private static <T> T counted(Class<T> type, T counted, AtomicInteger executed) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              if (method.getName().startsWith("execute")) {
                executed.incrementAndGet();
              }
              Object result = method.invoke(counted, arguments);
              return switch (result) {
                case PreparedStatement statement ->
                    counted(PreparedStatement.class, statement, executed);
                case Statement statement -> counted(Statement.class, statement, executed);
                case null, default -> result;
              };
            }));
  }

  /// How often a process that appends so many records waits for the disk.
  private static long waits(Path disk, int appends) throws Exception {
    Path log = disk.resolve("strace.log");
    Process process =
        AppendingProcess.start(
            List.of(STRACE.toString(), "-f", "-e", "trace=fsync,fdatasync", "-o", log.toString()),
            disk,
            System.getProperty("java.class.path"),
            List.of(disk.resolve("waits.db").toString(), "agent", Integer.toString(appends)));
    AppendingProcess.awaitAppended(process.inputReader(), appends - 1);
    process.waitFor();
    try (Stream<String> lines = Files.lines(log)) {
      return lines.filter(line -> line.contains("sync(")).count();
    }
  }

  private static void parallel(Path disk) {
    System.out.printf("%n### Records on the disk (median of %d)%n%n", PARALLEL_ROUNDS);
    System.out.println("| threads | records per s |");
    System.out.println("|---|---|");
    try (AuditStore store = AuditStore.open(disk.resolve("parallel.db"))) {
      for (int threads : THREADS) {
        long[] nanos = new long[PARALLEL_ROUNDS];
        for (int round = -1; round < PARALLEL_ROUNDS; round++) {
          long begin = System.nanoTime();
          appendFrom(threads, store);
          if (round >= 0) {
            nanos[round] = (System.nanoTime() - begin) / (threads * APPENDS_OF_A_THREAD);
          }
        }
        System.out.printf("| %d | %.0f |%n", threads, 1e6 / median(nanos));
      }
    }
  }

  private static void appendFrom(int threads, AuditStore store) {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int thread = 0; thread < threads; thread++) {
        executor.execute(() -> {
          for (int i = 0; i < APPENDS_OF_A_THREAD; i++) {
            store.append(event(i));
          }
        });
      }
    }
  }

  private static void append(Path memory, Path disk) throws IOException {
    long[] inMemory = new long[APPENDS];
    long[] onDisk = new long[APPENDS];
    long[] blocks = new long[APPENDS];
    long[] processor = new long[APPENDS];
    ThreadMXBean thread = ManagementFactory.getThreadMXBean();
    try (AuditStore fast = AuditStore.open(memory.resolve("audit.db"));
        AuditStore durable = AuditStore.open(disk.resolve("audit.db"));
        FileChannel file =
            FileChannel.open(
                disk.resolve("blocks"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int i = -WARM_UP; i < APPENDS; i++) {
        AuditEvent event = event(i);
        long before = thread.getCurrentThreadCpuTime();
        long begin = System.nanoTime();
        fast.append(event);
        long first = System.nanoTime();
        long after = thread.getCurrentThreadCpuTime();
        durable.append(event);
        long second = System.nanoTime();
        file.write(ByteBuffer.allocate(4096));
        file.force(false);
        long third = System.nanoTime();
        if (i >= 0) {
          inMemory[i] = first - begin;
          onDisk[i] = second - first;
          blocks[i] = third - second;
          processor[i] = after - before;
        }
      }
    }
    print(inMemory, onDisk, blocks);
    System.out.printf("%nProcessor time of a record in memory: %.0f µs (median).%n", median(processor));
  }

  private static void print(long[] inMemory, long[] onDisk, long[] blocks) {
    System.out.printf("%n### One record (%d each, interleaved)%n%n", APPENDS);
    System.out.println("| | median µs | p99 µs | of it on the disk |");
    System.out.println("|---|---|---|---|");
    double alone = median(inMemory);
    print("appended in memory", inMemory, alone);
    print("appended on the disk", onDisk, alone);
    System.out.printf(
        "| 4 KiB written and forced to the same disk | %.0f | %.0f | |%n",
        median(blocks), percentile99(blocks));
  }

  private static void print(String name, long[] nanos, double inMemory) {
    double median = median(nanos);
    System.out.printf(
        "| %s | %.0f | %.0f | %.0f %% |%n",
        name, median, percentile99(nanos), 100 * Math.max(0, 1 - inMemory / median));
  }

  private static void verify(Path database) {
    try (AuditStore store = AuditStore.open(database)) {
      for (int i = 0; i < VERIFIED; i++) {
        store.append(event(i));
      }
    }
    long[] nanos = new long[VERIFICATIONS];
    for (int i = 0; i < VERIFICATIONS; i++) {
      long begin = System.nanoTime();
      ChainCheck.Report report = ChainCheck.report(database, ChainKey.beside(database));
      nanos[i] = System.nanoTime() - begin;
      if (report.results().stream().mapToLong(ChainCheck.Result::signed).sum() != VERIFIED) {
        throw new IllegalStateException("not verified: " + report);
      }
    }
    System.out.printf("%n### %,d events verified (%d times)%n%n", VERIFIED, VERIFICATIONS);
    System.out.println("| | s |");
    System.out.println("|---|---|");
    System.out.printf("| the first time | %.2f |%n", nanos[0] / 1e9);
    System.out.printf("| median | %.2f |%n", median(nanos) / 1e6);
  }

  /// Like that of a call over ssh.
  private static AuditEvent event(int number) {
    SequencedMap<String, String> details = new LinkedHashMap<>();
    details.put("backend", "ssh");
    details.put("host", "my-build-box");
    details.put("tool", "run_shell");
    details.put("argv0", "make");
    details.put("call", Integer.toHexString(0x1000000 + number));
    details.put("sha256", "0123456789abcdef".repeat(4));
    details.put("rc", "0");
    details.put("duration_ms", "31");
    return new AuditEvent(Instant.now(), "sandbox.exec", "remote-build-agent", details);
  }

  /// In µs.
  private static double median(long[] nanos) {
    return sorted(nanos)[nanos.length / 2] / 1e3;
  }

  private static double percentile99(long[] nanos) {
    return sorted(nanos)[nanos.length * 99 / 100] / 1e3;
  }

  private static long[] sorted(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> made = Files.walk(directory)) {
      for (Path each : made.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}

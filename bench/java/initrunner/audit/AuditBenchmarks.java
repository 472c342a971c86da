package initrunner.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.stream.Stream;

/// Measures what a record costs, in memory (`/dev/shm`) and on the disk of the given directory, and
/// how long it takes to verify 100,000 of them, all in one run, and prints Markdown.
public final class AuditBenchmarks {

  private static final int WARM_UP = 1000;
  private static final int APPENDS = 2000;
  private static final int VERIFIED = 100_000;
  private static final int VERIFICATIONS = 5;

  private AuditBenchmarks() {}

  public static void main(String[] args) throws IOException {
    Path memory = Files.createTempDirectory(Path.of("/dev/shm"), "initrunner-bench-");
    Path disk = Files.createTempDirectory(Path.of(args[0]), "bench-audit-");
    try {
      append(memory, disk);
      verify(memory.resolve("verified.db"));
    } finally {
      delete(memory);
      delete(disk);
    }
  }

  private static void append(Path memory, Path disk) throws IOException {
    long[] inMemory = new long[APPENDS];
    long[] onDisk = new long[APPENDS];
    long[] blocks = new long[APPENDS];
    try (AuditStore fast = AuditStore.open(memory.resolve("audit.db"));
        AuditStore durable = AuditStore.open(disk.resolve("audit.db"));
        FileChannel file =
            FileChannel.open(
                disk.resolve("blocks"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int i = -WARM_UP; i < APPENDS; i++) {
        AuditEvent event = event(i);
        long begin = System.nanoTime();
        fast.append(event);
        long first = System.nanoTime();
        durable.append(event);
        long second = System.nanoTime();
        file.write(ByteBuffer.allocate(4096));
        file.force(false);
        long third = System.nanoTime();
        if (i >= 0) {
          inMemory[i] = first - begin;
          onDisk[i] = second - first;
          blocks[i] = third - second;
        }
      }
    }
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

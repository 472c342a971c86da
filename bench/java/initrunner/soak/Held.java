package initrunner.soak;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import initrunner.bench.ProcessMemory;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/// What this process, the `ssh` processes that it has left in the background and the server hold at
/// one time.
///
/// @param threads that run code of the engine, virtual ones included
/// @param sessions processes of the server for connections and their commands
/// @param temporary entries of `/tmp`
record Held(
    long residentKibibytes,
    long heapKibibytes,
    long descriptors,
    long threads,
    long processes,
    long clients,
    long clientsKibibytes,
    long sessions,
    long sessionsKibibytes,
    long temporary,
    long auditKibibytes) {

  /// What has ended takes a moment to be gone.
  private static final int MOST_TRIES = 200;

  /// What a row may grow by: counts by nothing, and memory by its fragments. A connection keeps as
  /// many sockets as were used at once, with three descriptors each: one for each caller, and one
  /// for each call that was stopped meanwhile.
  private record Row(String name, ToLongFunction<Held> of, double factor, long slack) {

    static Row counted(String name, ToLongFunction<Held> of) {
      return new Row(name, of, 1, 0);
    }

    long most(Held before) {
      return (long) (of.applyAsLong(before) * factor) + slack;
    }

    boolean isFlat(Held before, Held after) {
      return of.applyAsLong(after) <= most(before);
    }
  }

  private static final List<Row> ROWS =
      List.of(
          new Row("resident KiB of the JVM", Held::residentKibibytes, 1.1, 4096),
          new Row("its heap after a collection, KiB", Held::heapKibibytes, 1.05, 256),
          new Row("its descriptors", Held::descriptors, 1, 3 * Soak.CALLERS),
          Row.counted("its threads in the engine", Held::threads),
          Row.counted("processes that it started", Held::processes),
          Row.counted("`ssh` processes with a connection", Held::clients),
          new Row("resident KiB of these", Held::clientsKibibytes, 1.1, 1024),
          Row.counted("processes of the server", Held::sessions),
          new Row("resident KiB of these", Held::sessionsKibibytes, 1.1, 1024),
          Row.counted("entries of /tmp", Held::temporary),
          new Row("KiB of the audit log", Held::auditKibibytes, 1.1, 4096));

  /// Measures, again until all is flat where there is something to compare with. Blocks.
  static Held settled(SshdExtension sshd, Path home, Optional<Held> before) throws IOException {
    Held now = now(sshd, home);
    Held last = now;
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      Soak.pause();
      now = now(sshd, home);
      if (before.map(now::isFlat).orElse(now.counts().equals(last.counts()) && tries > 20)) {
        break;
      }
      last = now;
    }
    return now;
  }

  private List<Long> counts() {
    return List.of(descriptors, threads, processes, clients, sessions, temporary);
  }

  boolean isFlat(Held before) {
    return ROWS.stream().allMatch(row -> row.isFlat(before, this));
  }

  /// A table.
  String beside(Held before) {
    StringBuilder table = new StringBuilder("| | before | after | allowed | |\n");
    table.append("|---|---|---|---|---|\n");
    for (Row row : ROWS) {
      table.append(
          "| %s | %d | %d | %d | %s |\n"
              .formatted(
                  row.name(),
                  row.of().applyAsLong(before),
                  row.of().applyAsLong(this),
                  row.most(before),
                  row.isFlat(before, this) ? "flat" : "GROWN"));
    }
    return table.toString();
  }

  private static Held now(SshdExtension sshd, Path home) throws IOException {
    System.gc();
    // The look at all processes leaves garbage.
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1024;
    List<Long> clients = sshd.clients();
    List<Long> sessions = sshd.sessions();
    long self = ProcessHandle.current().pid();
    return new Held(
        ProcessMemory.of(self).resident(),
        heap,
        entries(Path.of("/proc/self/fd")),
        engineThreads(),
        ProcessHandle.current().descendants().count() - sessions.size(),
        clients.size(),
        resident(clients),
        sessions.size(),
        resident(sessions),
        entries(Path.of("/tmp")),
        Files.size(home.resolve("audit.db")) / 1024);
  }

  private static long entries(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.count();
    }
  }

  private static long resident(List<Long> pids) {
    return pids.stream().mapToLong(pid -> ProcessMemory.of(pid).resident()).sum();
  }

  private static long engineThreads() throws IOException {
    Path dump = Files.createTempDirectory("initrunner-threads-").resolve("threads.txt");
    try {
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
      return Stream.of(Files.readString(dump).split("\n\n", -1))
          .filter(thread -> thread.contains("initrunner.") && !thread.contains("initrunner.soak."))
          .count();
    } finally {
      Files.deleteIfExists(dump);
      Files.delete(dump.getParent());
    }
  }
}

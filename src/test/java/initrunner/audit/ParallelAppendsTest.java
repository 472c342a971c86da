package initrunner.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Records that many threads append at the same time.
@Timeout(300)
class ParallelAppendsTest {

  private static final int THREADS = 64;

  private static final AuditQuery ALL =
      new AuditQuery(Optional.empty(), Optional.empty(), Optional.empty(), 1_000_000);

  @TempDir private Path directory;

  @Test
  void recordsThatWaitAtTheSameTimeShareOneCommit() throws Exception {
    Path database = directory.resolve("audit.db");
    try (AuditStore store = AuditStore.open(database);
        Connection other = SqliteDriver.openToWrite(database);
        Statement statement = other.createStatement()) {
      store.append(AppendingProcess.event("first", 0));
      int before = commits(database);
      statement.execute("BEGIN IMMEDIATE");
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < THREADS; i++) {
          threads.execute(() -> store.append(AppendingProcess.event("agent", 0)));
        }
        // The first of them already waits for the other connection.
        awaitWaiting(store, THREADS - 1);
        statement.execute("ROLLBACK");
      }
      assertThat(commits(database) - before).isEqualTo(2);
      assertWhole(database, ChainKey.beside(database), THREADS + 1);
    }
  }

  @Test
  @Tag("slow")
  void recordsOfManyThreadsAreAllThereAndThoseOfEachAreInOrder() throws Exception {
    Path database = directory.resolve("audit.db");
    int each = 30;
    try (AuditStore store = AuditStore.open(database);
        AuditStore another = AuditStore.open(database)) {
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int thread = 0; thread < THREADS; thread++) {
          String agent = "agent-" + thread;
          AuditStore its = thread % 8 == 0 ? another : store;
          threads.execute(() -> {
            for (int i = 0; i < each; i++) {
              its.append(AppendingProcess.event(agent, i));
            }
          });
        }
      }
    }
    assertWhole(database, ChainKey.beside(database), THREADS * each);
    assertThat(numbers(database).values())
        .hasSize(THREADS)
        .allMatch(IntStream.range(0, each).boxed().toList()::equals);
  }

  @Test
  @Tag("slow")
  void aProcessKilledWhileManyOfItsThreadsWriteLosesNothingThatItHadRecorded() throws Exception {
    Path database = directory.resolve("audit.db");
    Process process =
        AppendingProcess.start(
            List.of(),
            directory,
            System.getProperty("java.class.path"),
            List.of(database.toString(), "agent", "1000000", Integer.toString(THREADS)));
    List<String> recorded = new ArrayList<>();
    try (BufferedReader output = process.inputReader()) {
      while (recorded.size() < 500) {
        recorded.add(output.readLine());
      }
      // Not by the process itself, which would close its output.
      assertThat(process.toHandle().destroyForcibly()).isTrue();
      process.waitFor();
      output.lines().filter(line -> line.matches("agent-[0-9]+ [0-9]+")).forEach(recorded::add);
    }
    Map<String, List<Integer>> numbers = numbers(database);
    // The last line may be cut.
    for (String line : recorded.subList(0, recorded.size() - 1)) {
      String[] words = line.split(" ", 2);
      assertThat(numbers.get(words[0])).as(line).contains(Integer.parseInt(words[1]));
    }
    numbers
        .values()
        .forEach(all -> assertThat(all).isEqualTo(IntStream.range(0, all.size()).boxed().toList()));
    int there = ALL.run(database).size();
    assertWhole(database, ChainKey.beside(database), there);
    try (AuditStore store = AuditStore.open(database)) {
      store.append(AppendingProcess.event("after", 0));
    }
    assertWhole(database, ChainKey.beside(database), there + 1);
  }

  /// On a file system of its own.
  @Test
  void aCommitThatFindsNoSpaceFailsEachOfItsRecordsAndTheNextOneGoesOn() throws Exception {
    Path small = Files.createDirectory(directory.resolve("small"));
    assertThat(run("mount", "-t", "tmpfs", "-o", "size=1m", "initrunner-test", small.toString()))
        .as("root mounts file systems, as sudo does")
        .isZero();
    try {
      Path database = small.resolve("audit.db");
      ChainKey key = new ChainKey(Optional.empty(), directory.resolve("audit_hmac.key"));
      try (AuditStore store = AuditStore.open(database, key);
          Connection other = SqliteDriver.openToWrite(database);
          Statement statement = other.createStatement()) {
        store.append(AppendingProcess.event("first", 0));
        LinkedBlockingQueue<AuditException> failures = new LinkedBlockingQueue<>();
        statement.execute("BEGIN IMMEDIATE");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
          for (int i = 0; i < THREADS; i++) {
            threads.execute(() -> {
              try {
                store.append(AppendingProcess.event("agent", 0));
              } catch (AuditException e) {
                failures.add(e);
              }
            });
          }
          awaitWaiting(store, THREADS - 1);
          fill(small.resolve("filler"));
          statement.execute("ROLLBACK");
        }
        assertThat(failures)
            .hasSize(THREADS)
            .allMatch(e -> e.getMessage().endsWith("no space left"))
            .allMatch(e -> e.remedy().equals("Free some space on that file system"));
        Files.delete(small.resolve("filler"));
        store.append(AppendingProcess.event("last", 0));
        assertWhole(database, key, 2);
      }
    } finally {
      assertThat(run("umount", small.toString())).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCommitThatThrowsFailsEachOfItsRecordsAndTheNextOneGoesOn(boolean isError) throws Exception {
    Path database = directory.resolve("audit.db");
    SortedMap<String, Optional<Object>> fields = AppendingProcess.event("agent", 0).fields();
    fields.put("details", Optional.of(new Unprintable(isError)));
    LinkedBlockingQueue<AuditException> failures = new LinkedBlockingQueue<>();
    try (AuditStore store = AuditStore.open(database);
        Connection other = SqliteDriver.openToWrite(database);
        Statement statement = other.createStatement()) {
      store.append(AppendingProcess.event("first", 0));
      statement.execute("BEGIN IMMEDIATE");
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < THREADS; i++) {
          threads.execute(() -> {
            try {
              store.append(new ChainWriter.Unwritten(Chain.EVENTS, fields));
            } catch (AuditException e) {
              failures.add(e);
            }
          });
        }
        awaitWaiting(store, THREADS - 1);
        statement.execute("ROLLBACK");
      }
      store.append(AppendingProcess.event("last", 0));
    }
    assertThat(failures)
        .hasSize(THREADS)
        .allMatch(e -> e.getMessage().endsWith("no text"))
        .allMatch(e -> e.remedy().equals("Report this as a fault of initrunner"));
    assertWhole(database, ChainKey.beside(database), 2);
  }

  /// A value that no record can have.
  private record Unprintable(boolean isError) {
    @Override
    public String toString() {
      if (isError) {
        throw new StackOverflowError("no text");
      }
      throw new IllegalStateException("no text");
    }
  }

  /// From so old a time no date can be counted back.
  @Test
  void aPruningThatFailsFailsNoRecord() throws Exception {
    Path database = directory.resolve("audit.db");
    ChainKey key = ChainKey.beside(database);
    Retention uncountable = new Retention(Duration.ofSeconds(Long.MAX_VALUE), 100_000);
    List<String> logged = Collections.synchronizedList(new ArrayList<>());
    Logger log = Logger.getLogger(AuditStore.class.getName());
    log.setFilter(line -> {
      logged.add(new SimpleFormatter().formatMessage(line));
      return false;
    });
    List<Future<?>> appends = new ArrayList<>();
    try (AuditStore store = AuditStore.open(database, key, uncountable);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < AuditStore.APPENDS_BETWEEN_PRUNES; i++) {
        appends.add(threads.submit(() -> store.append(AppendingProcess.event("agent", 0))));
      }
    } finally {
      log.setFilter(null);
    }
    for (Future<?> append : appends) {
      append.get();
    }
    // After so many records, and at the end.
    assertThat(logged)
        .hasSize(2)
        .allMatch(line -> line.startsWith("Old records stay in the audit database " + database));
    assertWhole(database, key, appends.size());
  }

  private static int run(String... program) throws Exception {
    List<String> command = new ArrayList<>(List.of(program));
    if (!System.getProperty("user.name").equals("root")) {
      command.addAll(0, List.of("sudo", "-n"));
    }
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private static void fill(Path file) throws IOException {
    try (OutputStream to = Files.newOutputStream(file)) {
      while (true) {
        to.write(new byte[512]);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }

  private static void awaitWaiting(AuditStore store, int records) {
    while (store.waiting() < records) {
      Thread.onSpinWait();
    }
  }

  /// How many commits there are in the write-ahead log: a frame that ends one says how large the
  /// database is then (https://sqlite.org/fileformat2.html#walformat).
  private static int commits(Path database) throws IOException {
    ByteBuffer log = ByteBuffer.wrap(Files.readAllBytes(Path.of(database + "-wal")));
    int frameBytes = 24 + log.getInt(8);
    int commits = 0;
    for (int at = 32; at + frameBytes <= log.limit(); at += frameBytes) {
      if (log.getInt(at + 4) != 0) {
        commits++;
      }
    }
    return commits;
  }

  private static void assertWhole(Path database, ChainKey key, int events) {
    ChainCheck.Report report = ChainCheck.report(database, key);
    assertThat(report.results()).allMatch(result -> result.firstBreak().isEmpty());
    assertThat(report.results().getLast().signed()).isEqualTo(events);
    assertThat(report.anchor()).isEqualTo(ChainCheck.Anchor.BESIDE_THE_KEY);
  }

  /// The numbers of each agent's events, in the order of their ids.
  private static Map<String, List<Integer>> numbers(Path database) {
    Map<String, List<Integer>> numbers = new HashMap<>();
    for (AuditQuery.Event event : ALL.run(database).reversed()) {
      numbers
          .computeIfAbsent(event.agentName(), _ -> new ArrayList<>())
          .add(Integer.parseInt(event.details().substring("n=".length())));
    }
    return numbers;
  }
}

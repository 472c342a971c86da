package initrunner.audit;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.text.Timestamps;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditExportTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Optional<String> ANY = Optional.empty();
  private static final AuditExport.Period ALWAYS =
      new AuditExport.Period(Optional.empty(), Optional.empty());

  @TempDir private Path directory;
  private Path database;

  /// Two runs with an event each, and an event of no run, a second apart.
  @BeforeEach
  void record() {
    database = directory.resolve("audit.db");
    try (AuditStore store = AuditStore.open(database)) {
      store.append(AuditRuns.run("r1", START));
      store.append(event(1, "agent", Map.of("run", "r1")));
      store.append(AuditRuns.run("r10", START.plusSeconds(2)));
      store.append(event(3, "agent", Map.of("run", "r10", "x", "y")));
      store.append(event(4, "other", Map.of()));
    }
  }

  private static AuditEvent event(int seconds, String agent, Map<String, String> details) {
    return new AuditEvent(START.plusSeconds(seconds), "t", agent, new LinkedHashMap<>(details));
  }

  /// The seconds after the start at which each record was made.
  private List<Long> exported(AuditExport export) {
    List<Long> seconds = new ArrayList<>();
    export.run(
        database,
        values -> {
          assertThat(List.copyOf(values.keySet())).isEqualTo(AuditExport.COLUMNS);
          Instant time =
              Timestamps.parse(
                      values.getOrDefault("timestamp", Optional.empty()).orElseThrow().toString())
                  .orElseThrow();
          seconds.add(time.getEpochSecond() - START.getEpochSecond());
        });
    return seconds;
  }

  private List<Long> within(Optional<Integer> since, Optional<Integer> until) {
    return exported(
        new AuditExport(
            ANY,
            ANY,
            ANY,
            new AuditExport.Period(since.map(START::plusSeconds), until.map(START::plusSeconds)),
            Optional.empty()));
  }

  @Test
  void allRecordsAreInTheOrderOfTimeAndTheNewestWhereOnlySomeAreWanted() {
    assertThat(exported(new AuditExport(ANY, ANY, ANY, ALWAYS, Optional.empty())))
        .containsExactly(0L, 1L, 2L, 3L, 4L);
    assertThat(exported(new AuditExport(ANY, ANY, ANY, ALWAYS, Optional.of(2))))
        .containsExactly(3L, 4L);
  }

  @Test
  void onlyWhatIsAskedForIsExported() {
    assertThat(exported(new AuditExport(Optional.of("r1"), ANY, ANY, ALWAYS, Optional.empty())))
        .containsExactly(0L, 1L);
    assertThat(exported(new AuditExport(ANY, Optional.of("other"), ANY, ALWAYS, Optional.empty())))
        .containsExactly(4L);
    assertThat(exported(new AuditExport(ANY, ANY, Optional.of("cli"), ALWAYS, Optional.empty())))
        .containsExactly(0L, 2L);
    assertThat(exported(new AuditExport(ANY, ANY, Optional.of("cron"), ALWAYS, Optional.empty())))
        .isEmpty();
    assertThat(
            exported(
                new AuditExport(
                    Optional.of("r10"), Optional.of("agent"), ANY, ALWAYS, Optional.of(1))))
        .containsExactly(3L);
  }

  @Test
  void theBeginningAndTheEndBelongToAPeriod() {
    assertThat(within(Optional.of(1), Optional.of(3))).containsExactly(1L, 2L, 3L);
    assertThat(within(Optional.of(3), Optional.empty())).containsExactly(3L, 4L);
    assertThat(within(Optional.empty(), Optional.of(0))).containsExactly(0L);
  }

  @Test
  void eachRecordHasItsTableAndItsSignature() {
    List<Map<String, Optional<Object>>> rows = new ArrayList<>();
    new AuditExport(ANY, ANY, ANY, ALWAYS, Optional.empty()).run(database, rows::add);

    assertThat(rows)
        .extracting(row -> row.getOrDefault("table", Optional.empty()).orElse(""))
        .containsExactly(
            "audit_log", "security_events", "audit_log", "security_events", "security_events");
    assertThat(rows).allMatch(row -> row.getOrDefault("record_hash", Optional.empty()).isPresent());
  }
}

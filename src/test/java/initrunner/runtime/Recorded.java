package initrunner.runtime;

import initrunner.audit.AuditQuery;
import initrunner.audit.AuditStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A real audit log in the test's own directory.
final class Recorded implements AutoCloseable {

  private final Path database;
  private final AuditStore store;

  Recorded(Path directory) {
    database = directory.resolve("audit.db");
    store = AuditStore.open(database);
  }

  AuditStore store() {
    return store;
  }

  /// `type details` of every event in order; durations are replaced by `N` and ids of calls by
  /// `ID`; functions, the model's ids and digests are left out.
  List<String> lines() {
    return rows().stream()
        .map(row -> row.eventType() + " " + row.details())
        .map(line -> line.replaceAll("duration_ms=[0-9]+", "duration_ms=N"))
        .map(line -> line.replaceAll("call=[0-9a-f]{16}", "call=ID"))
        .map(line ->
            line.replaceAll(" ((function|request)=\\S+|(argv|input)_sha256=[0-9a-f]{64})", ""))
        .toList();
  }

  List<AuditQuery.Event> rows() {
    return new AuditQuery(Optional.empty(), Optional.empty(), Optional.empty(), 1000)
        .run(database)
        .reversed();
  }

  @Override
  public void close() {
    store.close();
  }
}

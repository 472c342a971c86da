package initrunner.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Writes signed records, each in a transaction that holds the write lock from the reading of the
/// chain's end to its replacement. Used by one thread at a time.
final class ChainWriter implements AutoCloseable {

  /// The columns that databases of every age have.
  private static final String INSERT_EVENT =
      "INSERT INTO security_events (timestamp, event_type, agent_name, details)"
          + " VALUES (?, ?, ?, ?) RETURNING id";

  private static final String INSERT_SIGNATURE =
      "INSERT INTO security_event_signatures (event_id, prev_hash, record_hash) VALUES (?, ?, ?)";

  private static final String INSERT_RUN =
      "INSERT INTO audit_log ("
          + String.join(", ", Chain.RUNS.signedColumns())
          + ", prev_hash, record_hash) VALUES ("
          + String.join(", ", Collections.nCopies(Chain.RUNS.signedColumns().size() + 2, "?"))
          + ") RETURNING id";

  private final Connection connection;
  private final Hmac key;
  private final Statement transaction;
  private final PreparedStatement readEnds;
  private final PreparedStatement writeEnds;
  private final PreparedStatement insertEvent;
  private final PreparedStatement insertSignature;

  ChainWriter(Connection connection, Hmac key) throws SQLException {
    this.connection = connection;
    this.key = key;
    transaction = connection.createStatement();
    readEnds = connection.prepareStatement(Chain.READ_ENDS);
    writeEnds = connection.prepareStatement(Chain.WRITE_ENDS);
    insertEvent = connection.prepareStatement(INSERT_EVENT);
    insertSignature = connection.prepareStatement(INSERT_SIGNATURE);
  }

  private interface Work {
    void run() throws SQLException;
  }

  private void inTransaction(Work work) throws SQLException {
    transaction.execute("BEGIN IMMEDIATE");
    try {
      work.run();
      transaction.execute("COMMIT");
    } catch (SQLException e) {
      AuditSchema.rollBack(transaction, e);
      throw e;
    }
  }

  void append(AuditEvent event) throws SQLException {
    String timestamp = Timestamps.format(event.timestamp());
    String agentName = Redaction.redact(event.agentName());
    String details = event.detailsText();
    SortedMap<String, Optional<Object>> fields = new TreeMap<>();
    fields.put("timestamp", Optional.of(timestamp));
    fields.put("event_type", Optional.of(event.type()));
    fields.put("agent_name", Optional.of(agentName));
    fields.put("details", Optional.of(details));
    fields.put("source_ip", Optional.empty());
    fields.put("principal_id", Optional.empty());
    inTransaction(() -> {
      Chain.Link link = Chain.EVENTS.next(readEnds, key);
      insertEvent.setString(1, timestamp);
      insertEvent.setString(2, event.type());
      insertEvent.setString(3, agentName);
      insertEvent.setString(4, details);
      long id = idOf(insertEvent);
      fields.put("id", Optional.of(id));
      String hash = Chain.sign(link.previousHash(), fields, key);
      insertSignature.setLong(1, id);
      insertSignature.setString(2, link.previousHash());
      insertSignature.setString(3, hash);
      insertSignature.executeUpdate();
      Chain.EVENTS.write(writeEnds, link.before().withTip(id, hash), key);
    });
  }

  private static long idOf(PreparedStatement insert) throws SQLException {
    try (ResultSet inserted = insert.executeQuery()) {
      inserted.next();
      return inserted.getLong(1);
    }
  }

  void append(AuditRun run) throws SQLException {
    SortedMap<String, Optional<Object>> fields = fields(run);
    inTransaction(() -> {
      Chain.Link link = Chain.RUNS.next(readEnds, key);
      String hash = Chain.sign(link.previousHash(), fields, key);
      List<Optional<Object>> values = new ArrayList<>();
      Chain.RUNS.signedColumns().forEach(column -> values.add(fields.get(column)));
      values.add(Optional.<Object>of(link.previousHash()).filter(previous -> !previous.equals("")));
      values.add(Optional.of(hash));
      try (PreparedStatement insert = connection.prepareStatement(INSERT_RUN)) {
        for (int i = 0; i < values.size(); i++) {
          insert.setObject(i + 1, values.get(i).orElse(null));
        }
        Chain.RUNS.write(writeEnds, link.before().withTip(idOf(insert), hash), key);
      }
    });
  }

  private static SortedMap<String, Optional<Object>> fields(AuditRun run) {
    SortedMap<String, Optional<Object>> fields = new TreeMap<>();
    fields.put("run_id", Optional.of(run.runId()));
    fields.put("agent_name", text(run.agentName()));
    fields.put("timestamp", Optional.of(Timestamps.format(run.timestamp())));
    fields.put("user_prompt", text(run.userPrompt()));
    fields.put("model", text(run.model()));
    fields.put("provider", text(run.provider()));
    fields.put("output", text(run.output()));
    fields.put("tokens_in", Optional.of(run.tokens().in()));
    fields.put("tokens_out", Optional.of(run.tokens().out()));
    fields.put("total_tokens", Optional.of(run.tokens().in() + run.tokens().out()));
    fields.put("thinking_tokens", Optional.of(0));
    fields.put("reasoning_tokens", Optional.of(0));
    fields.put("tool_calls", Optional.of(run.toolCalls()));
    fields.put("duration_ms", Optional.of(run.duration().toMillis()));
    fields.put("success", Optional.of(run.success()));
    fields.put("error", run.error().flatMap(ChainWriter::text));
    fields.put("trigger_type", Optional.of(run.trigger().type()));
    fields.put("trigger_metadata", run.trigger().metadata().flatMap(ChainWriter::text));
    fields.put("principal_id", Optional.empty());
    fields.put("tool_names", text(String.join(",", run.toolNames())));
    fields.put("event_timeline_json", text(run.timeline()));
    fields.put("judge_verdicts", Optional.empty());
    return fields;
  }

  /// SQLite keeps half a surrogate pair as something else, which could not be verified.
  private static Optional<Object> text(String raw) {
    String redacted = Redaction.redact(raw);
    StringBuilder whole = new StringBuilder(redacted.length());
    redacted
        .codePoints()
        .map(character ->
            character == 0 || (character >= 0xD800 && character <= 0xDFFF) ? 0xFFFD : character)
        .forEach(whole::appendCodePoint);
    return Optional.of(whole.toString());
  }

  /// Deletes what is due.
  void prune(Retention retention, Instant now) throws SQLException {
    for (Chain chain : Chain.values()) {
      Optional<Long> last = retention.lastToDelete(connection, chain.table(), now);
      if (last.isPresent()) {
        inTransaction(() -> delete(chain, last.get()));
      }
    }
  }

  private void delete(Chain chain, long last) throws SQLException {
    Optional<Chain.Ends> ends = chain.ends(readEnds, key);
    String newest = chain.select() + " WHERE r.id <= ? ORDER BY r.id DESC LIMIT 1";
    try (PreparedStatement select = connection.prepareStatement(newest)) {
      select.setLong(1, last);
      try (ResultSet row = select.executeQuery()) {
        Optional<String> hash =
            row.next() ? Optional.ofNullable(row.getString("record_hash")) : Optional.empty();
        if (ends.isPresent() && hash.isPresent()) {
          chain.write(writeEnds, ends.get().withBase(row.getLong("id"), hash.get()), key);
        }
      }
    }
    chain.delete(connection, last);
  }

  @Override
  public void close() throws SQLException {
    try (transaction;
        readEnds;
        writeEnds;
        insertEvent;
        insertSignature) {
      // Closed in reverse order.
    }
  }
}

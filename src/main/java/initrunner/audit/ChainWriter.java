package initrunner.audit;

import initrunner.text.Redaction;
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

  /// The next id is not left to SQLite, which goes by a table that anyone can change. One that was
  /// taken meanwhile stays as it is, and shows.
  private static final String NEXT_ID =
      "(SELECT CASE WHEN EXISTS (SELECT 1 FROM TABLE WHERE id = ?1)"
          + " THEN (SELECT max(id) + 1 FROM TABLE) ELSE ?1 END)";

  /// The columns that databases of every age have.
  private static final String INSERT_EVENT =
      "INSERT INTO security_events (id, timestamp, event_type, agent_name, details) VALUES ("
          + NEXT_ID.replace("TABLE", "security_events")
          + ", ?2, ?3, ?4, ?5) RETURNING id";

  private static final String INSERT_SIGNATURE =
      "INSERT OR REPLACE INTO security_event_signatures (event_id, prev_hash, record_hash)"
          + " VALUES (?, ?, ?)";

  private static final String INSERT_RUN =
      "INSERT INTO audit_log (id, "
          + String.join(", ", Chain.RUNS.signedColumns())
          + ", prev_hash, record_hash) VALUES ("
          + NEXT_ID.replace("TABLE", "audit_log")
          + String.join("", Collections.nCopies(Chain.RUNS.signedColumns().size() + 2, ", ?"))
          + ") RETURNING id";

  private static final String INSERT_NOTE =
      "INSERT INTO audit_notes (id, timestamp, type, details, prev_hash, record_hash)"
          + " VALUES (?, ?, ?, ?, ?, ?)";

  /// Where the ends are not what was signed last, nothing says what is missing.
  private static final ChainCheck.Break NOT_THE_ENDS =
      new ChainCheck.Break(
          0, ChainCheck.Reason.ENDS_MISMATCH, "what is signed of the record's ends is not right");

  private final Connection connection;
  private final Hmac key;
  private final CurrentEnds current;
  private final Statement transaction;
  private final EndsTable endsTable;
  private final PreparedStatement insertEvent;
  private final PreparedStatement insertSignature;

  /// @param current of the same connection
  ChainWriter(CurrentEnds current) throws SQLException {
    this.connection = current.connection();
    this.key = current.key();
    this.current = current;
    transaction = connection.createStatement();
    endsTable = new EndsTable(connection);
    insertEvent = connection.prepareStatement(INSERT_EVENT);
    insertSignature = connection.prepareStatement(INSERT_SIGNATURE);
  }

  /// Work inside of a transaction: from these ends to those; to none where it changed nothing.
  private interface Work {
    Optional<RecordEnds> run(CurrentEnds.Link from) throws SQLException;
  }

  /// Commits the work and the ends that it leads to, then keeps these beside the key.
  private void inTransaction(Work work) throws SQLException {
    Optional<RecordEnds> ends =
        AuditSchema.inTransaction(
            transaction,
            () -> {
              CurrentEnds.Link from = current.find();
              Optional<RecordEnds> to = work.run(from);
              if (to.isPresent()) {
                write(from, to.get());
              }
              return to;
            });
    ends.ifPresent(
        to -> EndsFile.of(current.chainKey(), to.recordId()).write(to, current.database(), key));
  }

  private void write(CurrentEnds.Link from, RecordEnds to) throws SQLException {
    if (!from.areStored()) {
      endsTable.writeAll(transaction, to, key);
      return;
    }
    List<Chain> changed = new ArrayList<>();
    for (Chain chain : Chain.values()) {
      if (!to.of(chain).equals(from.ends().of(chain))) {
        changed.add(chain);
      }
    }
    if (!to.unsigned().equals(from.ends().unsigned())) {
      endsTable.writeAll(transaction, to, key);
    } else if (!changed.isEmpty()) {
      endsTable.write(to, changed, key);
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
    inTransaction(from -> {
      Ends ends = from.ends().of(Chain.EVENTS);
      insertEvent.setLong(1, ends.tipId() + 1);
      insertEvent.setString(2, timestamp);
      insertEvent.setString(3, event.type());
      insertEvent.setString(4, agentName);
      insertEvent.setString(5, details);
      long id = idOf(insertEvent);
      fields.put("id", Optional.of(id));
      String hash = Chain.sign(ends.tipHash(), fields, key);
      insertSignature.setLong(1, id);
      insertSignature.setString(2, ends.tipHash());
      insertSignature.setString(3, hash);
      insertSignature.executeUpdate();
      return Optional.of(from.ends().with(Chain.EVENTS, ends.withTip(id, hash)));
    });
  }

  private static long idOf(PreparedStatement insert) throws SQLException {
    try (ResultSet inserted = insert.executeQuery()) {
      if (!inserted.next()) {
        throw new SQLException(
            "the database ignored the record, as by a trigger of another program");
      }
      return inserted.getLong(1);
    }
  }

  void append(AuditRun run) throws SQLException {
    SortedMap<String, Optional<Object>> fields = RunColumns.of(run);
    inTransaction(from -> {
      Ends ends = from.ends().of(Chain.RUNS);
      String previous = ends.tipHash();
      String hash = Chain.sign(previous, fields, key);
      List<Optional<Object>> values = new ArrayList<>();
      values.add(Optional.of(ends.tipId() + 1));
      Chain.RUNS.signedColumns().forEach(column -> values.add(fields.get(column)));
      values.add(Optional.<Object>of(previous).filter(some -> !some.equals("")));
      values.add(Optional.of(hash));
      try (PreparedStatement insert = connection.prepareStatement(INSERT_RUN)) {
        for (int i = 0; i < values.size(); i++) {
          insert.setObject(i + 1, values.get(i).orElse(null));
        }
        return Optional.of(from.ends().with(Chain.RUNS, ends.withTip(idOf(insert), hash)));
      }
    });
  }

  /// What was found where records were to be deleted.
  ///
  /// @param deleted how many were
  /// @param firstBreak why none was
  record Pruned(Chain chain, long deleted, Optional<ChainCheck.Break> firstBreak) {}

  /// Says which record of a chain is the last that is to go, if any is.
  interface Due {
    Optional<Long> last() throws SQLException;
  }

  /// Deletes the records of a chain that are due and leaves a note of it; none where one record of
  /// the chain is not as it was recorded.
  ///
  /// @param due is asked once all is verified: a time that was changed makes others old
  /// @param now for the note
  Pruned prune(Chain chain, Due due, Instant now) throws SQLException {
    List<Pruned> found = new ArrayList<>();
    inTransaction(from -> {
      Pruning pruning = new Pruning(current, chain, from.ends());
      Optional<ChainCheck.Break> broken =
          from.areStored() ? pruning.verify() : Optional.of(NOT_THE_ENDS);
      Optional<Long> last = broken.isEmpty() ? due.last() : Optional.empty();
      if (last.isEmpty()) {
        found.add(new Pruned(chain, 0, broken));
        return Optional.empty();
      }
      AuditNote note = pruning.note(last.get(), now);
      RecordEnds left = append(note, pruning.without(last.get()));
      chain.delete(connection, last.get());
      found.add(new Pruned(chain, note.records(), Optional.empty()));
      return Optional.of(left);
    });
    return found.getLast();
  }

  private RecordEnds append(AuditNote note, RecordEnds to) throws SQLException {
    Ends ends = to.of(Chain.NOTES);
    long id = ends.tipId() + 1;
    String hash = Chain.sign(ends.tipHash(), note.fields(id), key);
    try (PreparedStatement insert = connection.prepareStatement(INSERT_NOTE)) {
      insert.setLong(1, id);
      insert.setString(2, Timestamps.format(note.timestamp()));
      insert.setString(3, note.type());
      insert.setString(4, note.detailsText());
      insert.setString(5, ends.tipHash());
      insert.setString(6, hash);
      insert.executeUpdate();
    }
    return to.with(Chain.NOTES, ends.withTip(id, hash));
  }

  @Override
  public void close() throws SQLException {
    try (transaction;
        endsTable;
        insertEvent;
        insertSignature) {
      // Closed in reverse order.
    }
  }
}

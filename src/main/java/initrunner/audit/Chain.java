package initrunner.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The records of one table, each signed together with the signature of the one before.
///
/// Where the chain begins and ends is signed too, so that records that are missing at either end
/// are missed. All that reads and writes it belongs into one transaction that holds the write lock.
enum Chain {
  RUNS("audit_log", "SELECT r.* FROM audit_log r"),

  /// Signatures stand in a table of their own: the columns of this one are what others read and
  /// write.
  EVENTS(
      "security_events",
      "SELECT r.*, s.prev_hash, s.record_hash FROM security_events r"
          + " LEFT JOIN security_event_signatures s ON s.event_id = r.id");

  /// Stands before a record where the chain was found cut or forged. No record has this signature,
  /// so that it stays visible there.
  private static final String CUT = "0".repeat(64);

  private static final List<String> RUN_COLUMNS =
      List.of(
          "run_id",
          "agent_name",
          "timestamp",
          "user_prompt",
          "model",
          "provider",
          "output",
          "tokens_in",
          "tokens_out",
          "total_tokens",
          "thinking_tokens",
          "reasoning_tokens",
          "tool_calls",
          "duration_ms",
          "success",
          "error",
          "trigger_type",
          "trigger_metadata",
          "principal_id",
          "tool_names",
          "event_timeline_json",
          "judge_verdicts");

  private static final List<String> EVENT_COLUMNS =
      List.of(
          "id", "timestamp", "event_type", "agent_name", "details", "source_ip", "principal_id");

  private final String table;
  private final String select;

  Chain(String table, String select) {
    this.table = table;
    this.select = select;
  }

  String table() {
    return table;
  }

  /// All rows with their signatures, with the alias `r`.
  String select() {
    return select;
  }

  List<String> signedColumns() {
    return switch (this) {
      case RUNS -> RUN_COLUMNS;
      case EVENTS -> EVENT_COLUMNS;
    };
  }

  /// The ends of a chain.
  ///
  /// @param baseId of the last record before the first one that is kept
  /// @param baseHash its signature; empty before the first record of all
  record Ends(long baseId, String baseHash, long tipId, String tipHash) {

    static final Ends NONE = new Ends(0, "", 0, "");

    Ends withTip(long id, String hash) {
      return new Ends(baseId, baseHash, id, hash);
    }

    Ends withBase(long id, String hash) {
      return new Ends(id, hash, tipId, tipHash);
    }
  }

  /// A new record's place in the chain.
  record Link(String previousHash, Ends before) {}

  /// The end to which the next record is linked.
  Link next(PreparedStatement readEnds, Hmac key) throws SQLException {
    Optional<Ends> ends = ends(readEnds, key);
    return new Link(ends.map(Ends::tipHash).orElse(CUT), ends.orElse(Ends.NONE));
  }

  static final String READ_ENDS =
      "SELECT base_id, base_hash, tip_id, tip_hash, ends_hash FROM audit_chain WHERE chain = ?";

  static final String WRITE_ENDS =
      "INSERT OR REPLACE INTO audit_chain"
          + " (chain, base_id, base_hash, tip_id, tip_hash, ends_hash) VALUES (?, ?, ?, ?, ?, ?)";

  /// The recorded ends, if they are there and signed with this key.
  Optional<Ends> ends(PreparedStatement readEnds, Hmac key) throws SQLException {
    readEnds.setString(1, table);
    try (ResultSet row = readEnds.executeQuery()) {
      if (!row.next()) {
        return Optional.empty();
      }
      Ends ends = new Ends(row.getLong(1), row.getString(2), row.getLong(3), row.getString(4));
      return hash(ends, key).equals(row.getString(5)) ? Optional.of(ends) : Optional.empty();
    }
  }

  void write(PreparedStatement writeEnds, Ends ends, Hmac key) throws SQLException {
    writeEnds.setString(1, table);
    writeEnds.setLong(2, ends.baseId());
    writeEnds.setString(3, ends.baseHash());
    writeEnds.setLong(4, ends.tipId());
    writeEnds.setString(5, ends.tipHash());
    writeEnds.setString(6, hash(ends, key));
    writeEnds.executeUpdate();
  }

  private String hash(Ends ends, Hmac key) {
    SortedMap<String, Optional<Object>> fields = new TreeMap<>();
    fields.put("chain", Optional.of(table));
    fields.put("base_id", Optional.of(ends.baseId()));
    fields.put("base_hash", Optional.of(ends.baseHash()));
    fields.put("tip_id", Optional.of(ends.tipId()));
    fields.put("tip_hash", Optional.of(ends.tipHash()));
    return key.sign(CanonicalJson.of(fields));
  }

  /// Deletes the records up to this one.
  void delete(Connection connection, long last) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("DELETE FROM " + table + " WHERE id <= " + last);
      if (this == EVENTS) {
        statement.executeUpdate("DELETE FROM security_event_signatures WHERE event_id <= " + last);
      }
    }
  }

  /// A record's signature.
  static String sign(String previousHash, SortedMap<String, Optional<Object>> fields, Hmac key) {
    return key.sign(previousHash + CanonicalJson.of(fields));
  }

  /// Takes over a chain that another version of the record began, and notes that there is one from
  /// now on.
  void begin(Connection connection, Hmac key) throws SQLException {
    Ends ends = Ends.NONE;
    String signed = select + " WHERE record_hash IS NOT NULL ORDER BY id ";
    try (PreparedStatement first = connection.prepareStatement(signed + "LIMIT 1");
        ResultSet oldest = first.executeQuery();
        PreparedStatement last = connection.prepareStatement(signed + "DESC LIMIT 1");
        ResultSet newest = last.executeQuery()) {
      if (oldest.next() && newest.next()) {
        String before = Optional.ofNullable(oldest.getString("prev_hash")).orElse("");
        ends =
            new Ends(
                before.isEmpty() ? 0 : oldest.getLong("id") - 1,
                before,
                newest.getLong("id"),
                newest.getString("record_hash"));
      }
    }
    try (PreparedStatement write = connection.prepareStatement(WRITE_ENDS)) {
      write(write, ends, key);
    }
  }
}

package initrunner.audit;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Checks the signatures of a record. Stateless; reads without writing, while others write.
public final class ChainCheck {

  private ChainCheck() {}

  /// What was found in one table.
  ///
  /// @param unsigned records that were there before the first signed one
  /// @param signed records whose signatures are right, up to the break if there is one
  public record Result(String table, long unsigned, long signed, Optional<Break> firstBreak) {}

  /// Where a chain is broken.
  ///
  /// @param id of the record that shows it
  /// @param what happened to the record, in words
  public record Break(long id, Reason reason, String what) {}

  /// Kinds of breaks.
  public enum Reason {
    /// A record was changed, or signed with another key.
    HASH_MISMATCH,
    /// A record does not follow the one before it.
    PREV_HASH_MISMATCH,
    /// A record was added past the signatures.
    MISSING_HASH_AFTER_CHAIN_START,
    /// Records were deleted.
    RECORDS_MISSING,
    /// What is signed of the chain's ends was changed or deleted.
    ENDS_MISMATCH,
    /// There is no key.
    KEY_MISSING
  }

  /// Checks all records.
  ///
  /// @throws AuditException if there is no database here, it cannot be read, or the key is none
  public static List<Result> run(Path database, ChainKey chainKey) {
    Optional<Hmac> key = chainKey.toVerify();
    return AuditQuery.read(
        database,
        connection -> {
          // One state of the database, whatever is written meanwhile.
          connection.setAutoCommit(false);
          List<Result> results = new ArrayList<>();
          for (Chain chain : Chain.values()) {
            if (has(connection, chain.table())) {
              results.add(check(connection, chain, key));
            }
          }
          return results;
        });
  }

  private static boolean has(Connection connection, String table) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return !AuditSchema.columns(statement, table).isEmpty();
    }
  }

  private static Result check(Connection connection, Chain chain, Optional<Hmac> key)
      throws SQLException {
    if (!has(connection, "audit_chain")) {
      return new Result(chain.table(), count(connection, chain), 0, Optional.empty());
    }
    if (key.isEmpty()) {
      return new Result(
          chain.table(),
          0,
          0,
          Optional.of(new Break(0, Reason.KEY_MISSING, "there is no key to check it with")));
    }
    Optional<Chain.Ends> ends;
    try (PreparedStatement readEnds = connection.prepareStatement(Chain.READ_ENDS)) {
      ends = chain.ends(readEnds, key.get());
    }
    Walk walk = new Walk(chain, key.get(), ends);
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(chain.select() + " ORDER BY r.id")) {
      Set<String> columns = AuditQuery.columns(rows);
      while (walk.firstBreak.isEmpty() && rows.next()) {
        walk.firstBreak = walk.next(rows, columns);
      }
    }
    if (walk.firstBreak.isEmpty()) {
      walk.firstBreak = walk.end();
    }
    return new Result(chain.table(), walk.unsigned, walk.signed, walk.firstBreak);
  }

  private static long count(Connection connection, Chain chain) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet count = statement.executeQuery("SELECT count(*) FROM " + chain.table())) {
      return count.next() ? count.getLong(1) : 0;
    }
  }

  /// One walk along a chain, from its first record to its last.
  private static final class Walk {

    private final Chain chain;
    private final Hmac key;
    private final Optional<Chain.Ends> ends;
    private long unsigned;
    private long signed;
    private long lastId;
    private String lastHash = "";
    private Optional<Break> firstBreak = Optional.empty();

    Walk(Chain chain, Hmac key, Optional<Chain.Ends> ends) {
      this.chain = chain;
      this.key = key;
      this.ends = ends;
      ends.ifPresent(found -> {
        lastId = found.baseId();
        lastHash = found.baseHash();
      });
    }

    Optional<Break> next(ResultSet row, Set<String> columns) throws SQLException {
      long id = row.getLong("id");
      Optional<String> hash = Optional.ofNullable(row.getString("record_hash"));
      if (hash.isEmpty()) {
        if (signed > 0 || !lastHash.isEmpty()) {
          return found(
              id, Reason.MISSING_HASH_AFTER_CHAIN_START, "it was added without a signature");
        }
        unsigned++;
        return Optional.empty();
      }
      if (signed == 0 && ends.isEmpty()) {
        return found(id, Reason.ENDS_MISMATCH, "what is signed of the chain's ends is not right");
      }
      if (lastId > 0 && id != lastId + 1) {
        return found(id, Reason.RECORDS_MISSING, "records before it were deleted");
      }
      String previous = Optional.ofNullable(row.getString("prev_hash")).orElse("");
      if (!previous.equals(lastHash)) {
        return found(
            id, Reason.PREV_HASH_MISMATCH, "it does not follow the one that was there before it");
      }
      if (!Chain.sign(previous, fields(row, columns), key).equals(hash.get())) {
        return found(
            id, Reason.HASH_MISMATCH, "it was changed, or signed with another key than this");
      }
      signed++;
      lastId = id;
      lastHash = hash.get();
      return Optional.empty();
    }

    Optional<Break> end() {
      if (ends.isEmpty()) {
        return found(
            lastId, Reason.ENDS_MISMATCH, "what is signed of the chain's ends is not right");
      }
      long tip = ends.get().tipId();
      if (tip == lastId && ends.get().tipHash().equals(lastHash)) {
        return Optional.empty();
      }
      return tip > lastId
          ? found(tip, Reason.RECORDS_MISSING, "it and what was between were deleted")
          : found(lastId, Reason.ENDS_MISMATCH, "the chain ended before it");
    }

    private SortedMap<String, Optional<Object>> fields(ResultSet row, Set<String> columns)
        throws SQLException {
      SortedMap<String, Optional<Object>> fields = new TreeMap<>();
      for (String column : chain.signedColumns()) {
        Object value = columns.contains(column) ? row.getObject(column) : null;
        fields.put(column, Optional.ofNullable(column.equals("success") ? truth(value) : value));
      }
      return fields;
    }

    /// SQLite has no booleans; any other number than its two was not written by this.
    private static @Nullable Object truth(@Nullable Object value) {
      return value instanceof Integer number && (number == 0 || number == 1) ? number == 1 : value;
    }

    private static Optional<Break> found(long id, Reason reason, String what) {
      return Optional.of(new Break(id, reason, what));
    }
  }
}

package initrunner.audit;

import initrunner.audit.ChainCheck.Break;
import initrunner.audit.ChainCheck.Reason;
import initrunner.audit.ChainKey.Signers;
import initrunner.audit.LogEnds.Ends;
import initrunner.text.Hmac;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/// One walk along a chain, from its first record to its last. Used by one thread.
final class ChainWalk {

  private final Chain chain;
  private final Signers signers;
  private final Ends ends;
  private final Ends unsignedEnds;
  private long unsigned;
  private String unsignedHash;
  private boolean isPastUnsigned;
  private long signed;
  private long lastId;
  private long lastSeen;
  private String lastHash;
  private Optional<Break> firstBreak = Optional.empty();
  private Optional<Break> withoutKey = Optional.empty();
  private long countWithoutKey;

  /// @param ends what is signed of the chain
  ChainWalk(Chain chain, LogEnds ends, Signers signers) {
    this.chain = chain;
    this.signers = signers;
    this.ends = ends.of(chain);
    this.unsignedEnds = ends.ofUnsigned(chain);
    unsignedHash = unsignedEnds.baseHash();
    lastId = this.ends.baseId();
    lastHash = this.ends.baseHash();
  }

  long unsigned() {
    return unsigned;
  }

  /// The signature of the newest unsigned record that was seen, in the chain of these.
  String unsignedHash() {
    return unsignedHash;
  }

  long signed() {
    return signed;
  }

  /// The signature of the newest signed record that is right; where there is none, of the one
  /// before the first.
  String lastHash() {
    return lastHash;
  }

  /// The first record that is wrong; if none is, the first one whose key is not there.
  Optional<Break> firstBreak() {
    return firstBreak.or(() ->
        withoutKey.map(first ->
            new Break(
                first.id(),
                first.reason(),
                "of "
                    + countWithoutKey
                    + (countWithoutKey == 1 ? " record" : " records")
                    + " the key "
                    + first.what()
                    + " is not there")));
  }

  /// Goes over all records, until one is wrong.
  void walk(Connection connection) throws SQLException {
    walk(connection, "");
    end();
  }

  /// Goes over the records up to this one, until one is wrong.
  void walkTo(Connection connection, long last) throws SQLException {
    walk(connection, " WHERE r.id <= " + last);
  }

  /// Goes over the records after this one, until one is wrong.
  void walkAfter(Connection connection, long first) throws SQLException {
    walk(connection, " WHERE NOT coalesce(r.id <= " + first + ", 0)");
    end();
  }

  private void walk(Connection connection, String which) throws SQLException {
    try (ChainRow row = new ChainRow(connection, chain, which + " ORDER BY r.id")) {
      while (firstBreak.isEmpty() && row.next()) {
        next(row);
      }
    } catch (SQLException e) {
      if (!SqliteDriver.isTooLarge(e)) {
        throw e;
      }
      found(lastSeen + 1, Reason.HASH_MISMATCH, "it, or one after it, was made larger than any is");
    }
  }

  private void next(ChainRow row) throws SQLException {
    long id = row.id();
    lastSeen = id;
    Optional<Object> hash = row.hash();
    if (id <= unsignedEnds.tipId()) {
      nextUnsigned(id, hash.isPresent(), row);
      return;
    }
    endUnsigned();
    if (firstBreak.isPresent()) {
      return;
    }
    if (hash.isEmpty()) {
      found(id, Reason.MISSING_HASH_AFTER_CHAIN_START, "it was added without a signature");
    } else if (id <= lastId) {
      found(id, Reason.RECORDS_MISSING, "it was put back after it was pruned");
    } else if (id != lastId + 1 && lastId > 0) {
      found(id, Reason.RECORDS_MISSING, "records before it were deleted");
    } else if (id != lastId + 1 || !lastHash.equals(row.previousHash())) {
      found(id, Reason.PREV_HASH_MISMATCH, "it does not follow the one that was there before it");
    } else {
      follow(id, row, hash.get());
    }
  }

  /// A record that stands where it must stand.
  private void follow(long id, ChainRow row, Object hash) throws SQLException {
    Optional<Hmac> signer = signers.of(chain, id);
    if (signer.isPresent() && !row.sign(lastHash, signer.get()).equals(hash)) {
      found(id, Reason.HASH_MISMATCH, mismatch(id, row, hash));
      return;
    }
    if (signer.isPresent()) {
      signed++;
    } else {
      withoutKey =
          withoutKey.or(
              () -> Optional.of(new Break(id, Reason.KEY_MISSING, signers.idFor(chain, id))));
      countWithoutKey++;
    }
    lastId = id;
    lastHash = hash.toString();
  }

  private String mismatch(long id, ChainRow row, Object hash) throws SQLException {
    for (Map.Entry<String, Hmac> other : signers.earlier().entrySet()) {
      if (row.sign(lastHash, other.getValue()).equals(hash)) {
        return "it was signed anew with key "
            + other.getKey()
            + ", where key "
            + signers.idFor(chain, id)
            + " signed";
      }
    }
    return "it was changed, or signed with another key than this";
  }

  private void nextUnsigned(long id, boolean hasHash, ChainRow row) throws SQLException {
    if (id <= unsignedEnds.baseId()) {
      found(id, Reason.RECORDS_MISSING, "it was put back after it was pruned");
    } else if (hasHash) {
      found(id, Reason.HASH_MISMATCH, "it is from before signing, and has a signature");
    } else {
      unsigned++;
      unsignedHash = row.signUnsigned(unsignedHash, signers.current());
    }
  }

  private void endUnsigned() {
    if (!isPastUnsigned && !unsignedHash.equals(unsignedEnds.tipHash())) {
      found(
          unsignedEnds.tipId(),
          Reason.HASH_MISMATCH,
          "of the records from before signing, one was changed, added or deleted");
    }
    isPastUnsigned = true;
  }

  /// There are no more records.
  private void end() {
    if (firstBreak.isEmpty()) {
      endUnsigned();
    }
    if (firstBreak.isPresent() || (ends.tipId() == lastId && ends.tipHash().equals(lastHash))) {
      return;
    }
    if (ends.tipId() > lastId) {
      found(ends.tipId(), Reason.RECORDS_MISSING, "it and what was between were deleted");
    } else {
      found(lastId, Reason.ENDS_MISMATCH, "the chain ended before it");
    }
  }

  private void found(long id, Reason reason, String what) {
    firstBreak = Optional.of(new Break(id, reason, what));
  }
}

package initrunner.audit;

import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Deletes records that are past their time. Used by one thread at a time; blocks while another
/// process writes.
final class Pruning {

  private static final Duration PRUNE_BUSY_TIMEOUT = Duration.ofSeconds(1);

  private final Path database;
  private final Connection connection;
  private final ChainWriter writer;
  private final Retention retention;
  private final Map<String, Retention.OfRole> roles = new HashMap<>();

  /// @param current of the connection of the writer
  Pruning(CurrentEnds current, ChainWriter writer, Retention retention) {
    this.database = current.database();
    this.connection = current.connection();
    this.writer = writer;
    this.retention = retention;
  }

  /// What the role says is noted before the next pruning.
  void keep(Retention.OfRole said) {
    roles.put(said.agent(), said);
  }

  /// What roles have said, as the audit log notes it; nothing where all records are kept alike.
  List<Retention.OfRole> saidByRoles() {
    try {
      return retention.reach() == Retention.Reach.ALL
          ? List.of()
          : List.copyOf(Retention.OfRole.noted(connection).values());
    } catch (SQLException e) {
      throw SqliteDriver.explain("Cannot read the audit database", database, e);
    }
  }

  /// What [#prune] would delete, as it would be noted. Verifies nothing.
  List<AuditNote> due(Retention asked, Instant now) {
    try {
      List<AuditNote> due = new ArrayList<>();
      for (Chain chain : Chain.OF_RECORDS) {
        Optional<Long> last = asked.lastDueNow(connection, chain, now);
        if (last.isPresent()) {
          due.add(writer.note(chain, last.get(), now));
        }
      }
      return due;
    } catch (SQLException e) {
      throw SqliteDriver.explain("Cannot read the audit database", database, e);
    }
  }

  /// Deletes what a person asks for.
  ///
  /// @throws AuditException if it cannot be done, or one of the records is not as it was recorded
  long prune(Retention asked, Instant now) {
    try {
      long deleted = 0;
      for (Chain chain : Chain.OF_RECORDS) {
        ChainWriter.Pruned pruned =
            writer.prune(chain, () -> asked.lastDueNow(connection, chain, now), now);
        if (pruned.firstBreak().isPresent()) {
          throw new AuditException(broken(pruned), "See: initrunner audit verify");
        }
        deleted += pruned.deleted();
      }
      return deleted;
    } catch (SQLException e) {
      throw SqliteDriver.explain("Cannot delete from the audit database", database, e);
    }
  }

  private String broken(ChainWriter.Pruned pruned) {
    String table = pruned.chain().table();
    boolean isKeyMissing =
        pruned
            .firstBreak()
            .filter(one -> one.reason() == ChainCheck.Reason.KEY_MISSING)
            .isPresent();
    return (pruned.chain() == Chain.NOTES
            ? "No record is deleted from the audit database " + database + ", because " + table
            : "Nothing is deleted from "
                + table
                + " of the audit database "
                + database
                + ", because it")
        + (isKeyMissing ? " cannot be verified: at id " : " was changed: at id ")
        + pruned.firstBreak().map(ChainCheck.Break::id).orElse(0L)
        + ", "
        + pruned.firstBreak().map(ChainCheck.Break::what).orElse("");
  }

  /// Housekeeping: a failure of it is no reason to refuse a call.
  void pruneWhatIsDue() {
    try {
      waitFor(PRUNE_BUSY_TIMEOUT);
      try {
        noteWhatRolesSay();
        for (Chain chain : Chain.OF_RECORDS) {
          warn(writer.prune(chain, () -> retention.lastDue(connection, chain), Instant.now()));
        }
      } finally {
        waitFor(SqliteDriver.BUSY_TIMEOUT);
      }
    } catch (SQLException | AuditException e) {
      warnOfOldRecords(String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) {
      warnOfOldRecords(e.toString());
    }
  }

  private void noteWhatRolesSay() throws SQLException {
    if (retention.reach() == Retention.Reach.ALL || roles.isEmpty()) {
      return;
    }
    Map<String, Retention.OfRole> noted = Retention.OfRole.noted(connection);
    List<ChainWriter.Unwritten> notes = new ArrayList<>();
    for (Retention.OfRole role : roles.values()) {
      boolean isNoted =
          Optional.ofNullable(noted.get(role.agent())).map(role::equals).orElse(role.isUsual());
      if (!isNoted) {
        notes.add(new ChainWriter.Unwritten(Chain.NOTES, role.fields(Instant.now())));
      }
    }
    if (!notes.isEmpty()) {
      writer.append(notes);
    }
  }

  private void warnOfOldRecords(String reason) {
    log().log(Level.WARNING, "Old records stay in the audit database {0}: {1}", database, reason);
  }

  private void waitFor(Duration mostForOthers) throws SQLException {
    SqliteDriver.execute(connection, "PRAGMA busy_timeout = " + mostForOthers.toMillis());
  }

  private void warn(ChainWriter.Pruned pruned) {
    if (pruned.firstBreak().isPresent()) {
      log().log(Level.WARNING, "{0}. See: initrunner audit verify", broken(pruned));
    }
  }

  private static System.Logger log() {
    return System.getLogger(AuditStore.class.getName());
  }
}

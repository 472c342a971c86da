package initrunner.audit;

import initrunner.text.Hmac;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// The append-only log of runs and security events, in an SQLite database that several processes
/// may write at once. Each record is signed together with the one before.
///
/// Safe for many threads. Records that several threads append at the same time are committed
/// together, in one wait for the disk. A call blocks while another process writes, for at most
/// [SqliteDriver#BUSY_TIMEOUT]. An interrupt neither ends a call early nor is lost: what a
/// cancelled caller did is recorded all the same.
///
/// A record is on the disk when [#append] returns, and survives the end of the process and of the
/// machine.
public final class AuditStore implements AutoCloseable {

  static final int APPENDS_BETWEEN_PRUNES = 1000;
  private static final Duration RETRY_PAUSE = Duration.ofMillis(5);

  private final Path database;
  private final Object fileIdentity;
  private final Connection connection;
  private final ChainWriter writer;
  private final Retention retention;
  private final Pruning pruning;
  private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

  /// Guards all below and the use of `connection` and `writer`. Fair: else a thread whose record is
  /// committed could wait for the commits of later ones.
  private final ReentrantLock lock = new ReentrantLock(true);

  private boolean closed;
  private int appendsSincePrune;

  private AuditStore(CurrentEnds current, Object fileIdentity, Retention retention) {
    this.database = current.database();
    this.fileIdentity = fileIdentity;
    this.connection = current.connection();
    this.retention = retention;
    this.writer = new ChainWriter(current);
    this.pruning = new Pruning(current, writer, retention);
  }

  /// Starts to load SQLite in the background, so that a later [#open] need not wait for it. May be
  /// called any number of times, and need not be called.
  public static void prepare() {
    SqliteDriver.prepare();
  }

  /// Opens the audit log. Makes the file with mode 0600 and its directories with 0700 if they are
  /// missing, and tightens wider permissions of the file.
  ///
  /// Records are signed with the key beside the database, which is made if it is missing.
  ///
  /// @throws AuditException if there can be no audit log at this path
  public static AuditStore open(Path database) {
    return open(database, ChainKey.beside(database));
  }

  /// The same with another key.
  ///
  /// @throws AuditException if there can be no audit log at this path, or there is no key
  public static AuditStore open(Path database, ChainKey chainKey) {
    return open(database, chainKey, Retention.DEFAULT);
  }

  /// The same where records are kept for another time than usual.
  ///
  /// @throws AuditException if there can be no audit log at this path, there is no key, or the
  ///   audit log that is there is signed with another one
  public static AuditStore open(Path database, ChainKey chainKey, Retention retention) {
    SqliteDriver.prepare();
    DatabaseFile.ensure(database);
    Hmac key = chainKey.toVerify().orElseGet(() -> newKey(database, chainKey));
    long deadline = System.nanoTime() + SqliteDriver.BUSY_TIMEOUT.toNanos();
    while (true) {
      try {
        return tryOpen(database, chainKey, key, retention);
      } catch (SQLException e) {
        // Two processes that turn a new database to WAL stand in each other's way, which SQLite
        // reports at once instead of waiting.
        if (!SqliteDriver.isBusy(e) || System.nanoTime() - deadline > 0) {
          throw SqliteDriver.explain("Cannot open the audit database", database, e);
        }
        LockSupport.parkNanos(RETRY_PAUSE.toNanos());
      } catch (IOException e) {
        throw new AuditException(
            "The audit database " + database + " went away while it was being opened",
            "Try again",
            e);
      }
    }
  }

  /// An audit log that is signed keeps its key: under a new one nothing in it could be verified.
  private static Hmac newKey(Path database, ChainKey chainKey) {
    boolean isSigned =
        EndsFile.isKnown(chainKey, database) || AuditQuery.read(database, TakeOver::isSigned);
    return isSigned
        ? chainKey.toVerify().orElseThrow(() -> noKey(database, chainKey))
        : chainKey.toSign();
  }

  private static AuditException noKey(Path database, ChainKey chainKey) {
    return new AuditException(
        "The audit database " + database + " is signed, and its key is not at " + chainKey,
        "Put the key back. If it is lost: initrunner audit rotate moves the audit log away and"
            + " begins a new one");
  }

  private static AuditStore tryOpen(Path database, ChainKey chainKey, Hmac key, Retention retention)
      throws SQLException, IOException {
    Object identity = DatabaseFile.identity(database);
    Connection connection = SqliteDriver.openToWrite(database);
    try {
      CurrentEnds current = new CurrentEnds(connection, database, chainKey, key);
      TakeOver.refusePython(current);
      // No power cut may take a record back: each commit waits for the disk.
      SqliteDriver.execute(connection, "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL");
      TakeOver.ensure(current);
      current.keepWhereNoneIsKept();
      return new AuditStore(current, identity, retention);
    } catch (SQLException | RuntimeException | Error e) {
      connection.close();
      throw e;
    }
  }

  /// The file that holds the audit log.
  public Path database() {
    return database;
  }

  /// Records the event.
  ///
  /// @throws AuditException if it could not be recorded; what it announces must then not be done
  public void append(AuditEvent event) {
    append(new ChainWriter.Unwritten(Chain.EVENTS, event.fields()));
  }

  /// Records the run.
  ///
  /// @throws AuditException if it could not be recorded
  public void append(AuditRun run) {
    append(new ChainWriter.Unwritten(Chain.RUNS, run.fields()));
  }

  /// Keeps the records of a role's agent as the role says, from the next pruning on, in each
  /// process that prunes; not where the environment says how long records are kept.
  public void keep(Retention.OfRole said) {
    lock.lock();
    try {
      pruning.keep(said);
    } finally {
      lock.unlock();
    }
  }

  /// What roles have said, as the audit log notes it; nothing where this process keeps all records
  /// alike. Blocks.
  ///
  /// @throws AuditException if it cannot be read
  public List<Retention.OfRole> saidByRoles() {
    return locked(pruning::saidByRoles);
  }

  /// A record of a thread that waits for its commit. The lock guards it.
  private static final class Waiting {

    private final ChainWriter.Unwritten record;
    private boolean isOver;
    private Optional<Throwable> failure = Optional.empty();

    Waiting(ChainWriter.Unwritten record) {
      this.record = record;
    }
  }

  /// The first thread to get the lock commits for all that wait.
  void append(ChainWriter.Unwritten record) {
    Waiting mine = new Waiting(record);
    waiting.add(mine);
    lock.lock();
    try {
      if (!mine.isOver) {
        commitAllThatWait();
      }
    } finally {
      lock.unlock();
    }
    if (!mine.isOver) {
      throw notRecorded(new IllegalStateException("an error ended the commit"));
    }
    if (mine.failure.isPresent()) {
      throw notRecorded(mine.failure.get());
    }
  }

  private void commitAllThatWait() {
    List<Waiting> all = List.copyOf(waiting);
    all.forEach(_ -> waiting.remove());
    Optional<Throwable> failure = Optional.empty();
    try {
      refuseIfClosedOrMoved();
      writer.append(all.stream().map(each -> each.record).toList());
    } catch (SQLException | RuntimeException | Error e) {
      failure = Optional.of(e);
    }
    for (Waiting each : all) {
      each.failure = failure;
      each.isOver = true;
    }
    if (failure.isEmpty()) {
      appendsSincePrune += all.size();
    }
    if (appendsSincePrune >= APPENDS_BETWEEN_PRUNES) {
      pruneWhatIsDue();
    }
  }

  private AuditException notRecorded(Throwable failure) {
    return switch (failure) {
      case SQLException e ->
          SqliteDriver.explain("Cannot write to the audit database", database, e);
      case AuditException e -> new AuditException(e.getMessage(), e.remedy(), e);
      default ->
          new AuditException(
              "Cannot write to the audit database " + database + ": " + failure,
              "Report this as a fault of initrunner",
              failure);
    };
  }

  /// Deletes records that are past their time, and closes the database. Closing twice does nothing.
  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      pruneWhatIsDue();
      try {
        connection.close();
      } catch (SQLException e) {
        throw SqliteDriver.explain("Cannot close the audit database", database, e);
      }
    } finally {
      lock.unlock();
    }
  }

  private void refuseIfClosedOrMoved() {
    if (closed) {
      throw new AuditException(
          "The audit database " + database + " is closed already", "Open it again");
    }
    if (!isInPlace()) {
      // SQLite would go on to write into the removed file, where no program can read it.
      throw new AuditException(
          "The audit database " + database + " was removed or replaced while it was open",
          "Find out what removed it, then start again");
    }
  }

  private boolean isInPlace() {
    try {
      return DatabaseFile.identity(database).equals(fileIdentity);
    } catch (IOException e) {
      return false;
    }
  }

  /// Deletes what is past its time now, also what is only a little over it, because a person asks
  /// for it. Blocks.
  ///
  /// @param now the time by the clock
  /// @return how many records were deleted
  /// @throws AuditException if it cannot be done, or one of the records is not as it was recorded
  public long prune(Instant now) {
    return prune(retention, now);
  }

  /// What [#prune(Retention, Instant)] would delete, as it would be noted. Verifies nothing.
  /// Blocks.
  ///
  /// @throws AuditException if it cannot be read
  public List<AuditNote> due(Retention asked, Instant now) {
    return locked(() -> pruning.due(asked, now));
  }

  /// As [#prune(Instant)], with another time than this audit log's.
  ///
  /// @throws AuditException if it cannot be done, or one of the records is not as it was recorded
  public long prune(Retention asked, Instant now) {
    return locked(() -> pruning.prune(asked, now));
  }

  private <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      refuseIfClosedOrMoved();
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  void pruneWhatIsDue() {
    appendsSincePrune = 0;
    pruning.pruneWhatIsDue();
  }

  /// How many records wait for the commit of others.
  int waiting() {
    return waiting.size();
  }

  /// How long a record waits for other processes.
  Duration busyTimeout() throws SQLException {
    return Duration.ofMillis(SqliteDriver.number(connection, "PRAGMA busy_timeout"));
  }
}

package initrunner.audit;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// The append-only record of runs and security events, in an SQLite database that several processes
/// may write at once. Each record is signed together with the one before.
///
/// Safe for many threads; calls of one store are served one after the other. A call blocks while
/// another process writes, for at most [SqliteDriver#BUSY_TIMEOUT]. An interrupt neither ends a
/// call early nor is lost: what a cancelled caller did is recorded all the same.
///
/// A record is on the disk when [#append] returns, and survives the end of the process and of the
/// machine.
public final class AuditStore implements AutoCloseable {

  private static final int APPENDS_BETWEEN_PRUNES = 1000;
  private static final Duration PRUNE_BUSY_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration RETRY_PAUSE = Duration.ofMillis(5);

  private final Path database;
  private final Object fileIdentity;
  private final Connection connection;
  private final ChainWriter writer;

  /// Guards all below and the use of `connection` and `writer`.
  private final ReentrantLock lock = new ReentrantLock();

  private boolean closed;
  private int appendsSincePrune;

  private AuditStore(Path database, Object fileIdentity, Connection connection, Hmac key)
      throws SQLException {
    this.database = database;
    this.fileIdentity = fileIdentity;
    this.connection = connection;
    this.writer = new ChainWriter(connection, key);
  }

  /// Starts to load SQLite in the background, so that a later [#open] need not wait for it. May be
  /// called any number of times, and need not be called.
  public static void prepare() {
    SqliteDriver.prepare();
  }

  /// Opens the record, and makes it, with the directories it is in, if it is not there: the file
  /// with mode 0600, new directories with 0700. A file with wider permissions is tightened.
  ///
  /// Records are signed with the key beside the database, which is made if it is not there.
  ///
  /// @throws AuditException if there can be no record at this place
  public static AuditStore open(Path database) {
    return open(database, ChainKey.beside(database));
  }

  /// The same with another key.
  ///
  /// @throws AuditException if there can be no record at this place, or there is no key
  public static AuditStore open(Path database, ChainKey chainKey) {
    SqliteDriver.prepare();
    DatabaseFile.ensure(database);
    Hmac key = chainKey.toSign();
    long deadline = System.nanoTime() + SqliteDriver.BUSY_TIMEOUT.toNanos();
    while (true) {
      try {
        return tryOpen(database, key);
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

  private static AuditStore tryOpen(Path database, Hmac key) throws SQLException, IOException {
    Object identity = DatabaseFile.identity(database);
    Connection connection = SqliteDriver.openToWrite(database);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      // A record that a power cut takes back is none: each commit waits for the disk.
      statement.execute("PRAGMA synchronous = FULL");
      AuditSchema.ensure(connection, key);
      return new AuditStore(database, identity, connection, key);
    } catch (SQLException e) {
      try {
        connection.close();
      } catch (SQLException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /// The file that the record is in.
  public Path database() {
    return database;
  }

  /// Records the event.
  ///
  /// @throws AuditException if it could not be recorded; what it announces must then not be done
  public void append(AuditEvent event) {
    append(() -> writer.append(event));
  }

  /// Records the run.
  ///
  /// @throws AuditException if it could not be recorded
  public void append(AuditRun run) {
    append(() -> writer.append(run));
  }

  private interface Appending {
    void run() throws SQLException;
  }

  private void append(Appending appending) {
    lock.lock();
    try {
      refuseIfClosedOrMoved();
      appending.run();
      if (++appendsSincePrune >= APPENDS_BETWEEN_PRUNES) {
        prune();
      }
    } catch (SQLException e) {
      throw SqliteDriver.explain("Cannot write to the audit database", database, e);
    } finally {
      lock.unlock();
    }
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
      prune();
      try (connection;
          writer) {
        // The statements are closed first.
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
      // SQLite would go on to write into the removed file, where nobody can read it.
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

  /// Housekeeping: that it failed is no reason to refuse a call.
  private void prune() {
    appendsSincePrune = 0;
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = " + PRUNE_BUSY_TIMEOUT.toMillis());
      writer.prune(Retention.DEFAULT, Instant.now());
      statement.execute("PRAGMA busy_timeout = " + SqliteDriver.BUSY_TIMEOUT.toMillis());
    } catch (SQLException e) {
      System.getLogger(AuditStore.class.getName())
          .log(Level.WARNING, "Old records stay in the audit database " + database, e);
    }
  }
}

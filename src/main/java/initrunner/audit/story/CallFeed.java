package initrunner.audit.story;

import initrunner.audit.AuditQuery;
import initrunner.audit.SqliteDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// The calls that all processes record in a database, as they come. It asks SQLite whether there
/// was a commit, and reads only what is new. If the database is put aside, it goes on with the next
/// one at this path. For one thread.
public final class CallFeed implements AutoCloseable {

  private static final String CALLS =
      "SELECT "
          + StoredEvent.COLUMNS
          + " FROM security_events WHERE event_type IN ('sandbox.start', 'sandbox.exec')";

  private static final String NEXT = CALLS + " AND id > ? ORDER BY id LIMIT 10000";

  private static final String BEFORE = CALLS + " AND id <= ? ORDER BY id DESC";

  private final Path database;
  private final Predicate<StoredCall> wanted;
  private Connection connection;
  private Object file;
  private CallPairs pairs = new CallPairs();
  private List<StoredCall> begun = List.of();
  private long version = -1;
  private long last;

  private CallFeed(Path database, Predicate<StoredCall> wanted) throws SQLException {
    this.database = database;
    this.wanted = wanted;
    this.connection = SqliteDriver.openToRead(database);
    this.file = identity();
  }

  /// The calls of a database.
  ///
  /// @param wanted the others are left out
  /// @throws initrunner.audit.AuditException if there is no database here, or it cannot be read
  public static CallFeed open(Path database, Predicate<StoredCall> wanted) {
    AuditQuery.requirePresent(database);
    try {
      return new CallFeed(database, wanted);
    } catch (SQLException e) {
      throw SqliteDriver.explain("Cannot read the audit database", database, e);
    }
  }

  private Object identity() {
    try {
      Object key = Files.readAttributes(database, BasicFileAttributes.class).fileKey();
      return key == null ? database : key;
    } catch (IOException e) {
      // It is put aside, and the next one is not made yet.
      return Optional.empty();
    }
  }

  /// The newest calls that are wanted, in the order of recording. Those without an end come last.
  /// [#next] goes on behind them.
  public List<StoredCall> newest(int most) {
    try {
      if (SqliteDriver.columns(connection, "security_events").isEmpty()) {
        return List.of();
      }
      last = SqliteDriver.number(connection, "SELECT max(id) FROM security_events");
      List<StoredEvent> events = new ArrayList<>();
      int ignored =
          SqliteDriver.ask(
              connection,
              BEFORE,
              rows -> {
                int ends = 0;
                while (rows.next() && ends < most) {
                  StoredEvent event = StoredEvent.of(rows);
                  events.add(event);
                  ends +=
                      event.type().equals(StoredEvent.EXEC)
                              && wanted.test(event.call(event.begin()))
                          ? 1
                          : 0;
                }
                return 0;
              },
              last);
      List<StoredCall> calls = new ArrayList<>();
      events.reversed().forEach(event -> pairs.next(event).filter(wanted).ifPresent(calls::add));
      begun = pairs.open();
      begun.stream().filter(wanted).forEach(calls::add);
      return calls.subList(Math.max(0, calls.size() - most), calls.size());
    } catch (SQLException e) {
      throw SqliteDriver.explain("Cannot read the audit database", database, e);
    }
  }

  /// What happened since the last question: the calls that ended, in the order of their ends, and
  /// behind them those that began and have not ended. Does not wait.
  public List<StoredCall> next() {
    try {
      openAgainIfReplaced();
      long now = SqliteDriver.number(connection, "PRAGMA data_version");
      if (now == version) {
        return List.of();
      }
      version = now;
      if (SqliteDriver.columns(connection, "security_events").isEmpty()) {
        return List.of();
      }
      List<StoredCall> calls = new ArrayList<>();
      List<StoredEvent> events = SqliteDriver.all(connection, NEXT, StoredEvent::of, last);
      for (StoredEvent event : events) {
        last = event.id();
        pairs.next(event).filter(wanted).ifPresent(calls::add);
      }
      if (events.size() == 10_000) {
        version = -1;
      }
      List<StoredCall> open = pairs.open();
      List<StoredCall> known = begun;
      open.stream().filter(call -> wanted.test(call) && !known.contains(call)).forEach(calls::add);
      begun = open;
      return calls;
    } catch (SQLException e) {
      throw SqliteDriver.explain("Cannot read the audit database", database, e);
    }
  }

  private void openAgainIfReplaced() throws SQLException {
    Object now = identity();
    if (now.equals(file) || now.equals(Optional.empty())) {
      return;
    }
    connection.close();
    connection = SqliteDriver.openToRead(database);
    file = now;
    pairs = new CallPairs();
    begun = List.of();
    version = -1;
    last = 0;
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw SqliteDriver.explain("Cannot close the audit database", database, e);
    }
  }
}

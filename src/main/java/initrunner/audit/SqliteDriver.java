package initrunner.audit;

import initrunner.text.Redaction;
import initrunner.text.Timestamps;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;
import org.sqlite.SQLiteOpenMode;
import org.sqlite.util.LibraryLoaderUtil;

/// SQLite's driver: loaded once, off the caller's thread, and the meaning of its errors.
///
/// Loading takes almost a tenth of a second, so it can be started early ([#prepare]). It runs on a
/// thread of its own, which no caller interrupts: the driver extracts a library through an
/// interruptible channel and never tries a second time.
public final class SqliteDriver {

  static final Duration BUSY_TIMEOUT = Duration.ofSeconds(30);

  /// No row that is recorded is larger, and none that is comes into memory. A run's texts are cut
  /// to fit ([AuditRun]).
  private static final int MOST_BYTES_OF_ROW = 16 << 20;

  /// Reading it means to roll a transaction back.
  private static final int READONLY_ROLLBACK = 776;

  /// The directory of the build that runs, set by the start script.
  private static final String BUILD = "initrunner.build";

  private static final String LIBRARY_PATH = "org.sqlite.lib.path";

  private static final String ANOTHER =
      "choose another place with --audit-db or INITRUNNER_AUDIT_DB";

  private static final String COLUMNS =
      """
      SELECT c.name FROM pragma_table_list(?) t, pragma_table_info(t.name) c
      WHERE t.schema = 'main' AND t.name = ? AND t.type = 'table'
        AND NOT EXISTS (SELECT 1 FROM pragma_table_xinfo(t.name) WHERE hidden != 0)\
      """;

  private static final CompletableFuture<Void> LOADED =
      CompletableFuture.runAsync(
          SqliteDriver::load, task -> Thread.ofPlatform().daemon().name("sqlite-load").start(task));

  private SqliteDriver() {}

  /// Starts to load the driver, and returns at once.
  static void prepare() {
    // Being called initialises this class.
  }

  static Connection openToWrite(Path database) throws SQLException {
    awaitLoaded();
    SQLiteConfig config = new SQLiteConfig();
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    return connect(database, config);
  }

  /// Opens a database that is there; the connection cannot write.
  public static Connection openToRead(Path database) throws SQLException {
    awaitLoaded();
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    return connect(database, config);
  }

  private static Connection connect(Path database, SQLiteConfig config) throws SQLException {
    config.setBusyTimeout(Math.toIntExact(BUSY_TIMEOUT.toMillis()));
    // The URI form: in a plain path the driver takes `?` for the start of its own options.
    Connection connection =
        JDBC.createConnection(JDBC.PREFIX + database.toUri(), config.toProperties());
    boundValues(connection, MOST_BYTES_OF_ROW);
    return connection;
  }

  /// From now on, a row or a value that is larger is an error ([#isTooLarge]).
  public static void boundValues(Connection connection, int mostBytes) throws SQLException {
    connection.unwrap(SQLiteConnection.class).setLimit(SQLiteLimits.SQLITE_LIMIT_LENGTH, mostBytes);
  }

  /// Reads what a question answers.
  public interface Reader<T> {
    T read(ResultSet rows) throws SQLException;
  }

  /// Asks a question, and reads all of its answer.
  public static <T> T ask(
      Connection connection, String sql, Reader<T> reader, @Nullable Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        return reader.read(rows);
      }
    }
  }

  /// Reads the first row of the answer, if there is one.
  public static <T> Optional<T> first(
      Connection connection, String sql, Reader<T> reader, Object... parameters)
      throws SQLException {
    return ask(
        connection,
        sql,
        rows -> rows.next() ? Optional.of(reader.read(rows)) : Optional.empty(),
        parameters);
  }

  /// Reads each row of the answer.
  public static <T> List<T> all(
      Connection connection, String sql, Reader<T> reader, Object... parameters)
      throws SQLException {
    return ask(
        connection,
        sql,
        rows -> {
          List<T> all = new ArrayList<>();
          while (rows.next()) {
            all.add(reader.read(rows));
          }
          return all;
        },
        parameters);
  }

  /// The number that is the answer; 0 without one.
  public static long number(Connection connection, String sql, Object... parameters)
      throws SQLException {
    return first(connection, sql, row -> row.getLong(1), parameters).orElse(0L);
  }

  static void execute(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /// The columns of a table; none where there is no such table, where a view or a virtual table has
  /// its name, or where one of its columns is computed: what these show can be another thing at
  /// each time. The schema can give a virtual table a root page, so SQLite itself is asked for the
  /// kind.
  public static Set<String> columns(Connection connection, String table) throws SQLException {
    return new HashSet<>(all(connection, COLUMNS, row -> row.getString(1), table, table));
  }

  private static void awaitLoaded() {
    try {
      LOADED.join();
    } catch (CompletionException e) {
      throw new AuditException(
          "SQLite's native library cannot be loaded: " + rootCause(e).getMessage(),
          "Free some space in "
              + System.getProperty("java.io.tmpdir")
              + " and allow programs there, or name the directory of the library with -D"
              + LIBRARY_PATH,
          e);
    }
  }

  private static Throwable rootCause(Throwable failure) {
    Throwable cause = failure;
    for (Throwable next = failure; next != null; next = next.getCause()) {
      cause = next;
    }
    return cause;
  }

  private static void load() {
    useTheLibraryOfTheBuild();
    // The first connection of a process initialises much more than the library.
    try (Connection connection = JDBC.createConnection("jdbc:sqlite::memory:", new Properties())) {
      connection.createStatement().close();
    } catch (SQLException e) {
      throw new CompletionException(e);
    }
    // So does the first record.
    Timestamps.format(Instant.EPOCH);
    Redaction.redact("");
    LogEnds.parse(LogEnds.ofNewLog().text());
  }

  /// The build unpacks the library beside the driver's jar, and the start script says where the
  /// build is: a JVM with a start cache does not know where its classes come from. Without that,
  /// the driver extracts the library into the temporary directory at each start.
  ///
  /// The driver's own examination of the platform would start a process.
  private static void useTheLibraryOfTheBuild() {
    String build = System.getProperty(BUILD);
    if (System.getProperty(LIBRARY_PATH) != null || build == null || isMuslThere()) {
      return;
    }
    Path libraries = Path.of(build, "lib/sqlite-jdbc/org/sqlite/native", platform());
    if (Files.isRegularFile(libraries.resolve(LibraryLoaderUtil.getNativeLibName()))) {
      System.setProperty(LIBRARY_PATH, libraries.toString());
      // Where the driver looks for left-overs of earlier starts; the shared one may be crowded.
      System.setProperty("org.sqlite.tmpdir", libraries.toString());
    }
  }

  /// Of the libraries that are unpacked, none is for musl.
  private static boolean isMuslThere() {
    return Files.exists(Path.of("/lib/ld-musl-" + architecture() + ".so.1"));
  }

  private static String platform() {
    String system = System.getProperty("os.name").startsWith("Mac") ? "Mac" : "Linux";
    return system + "/" + architecture();
  }

  private static String architecture() {
    String named = System.getProperty("os.arch");
    return named.equals("amd64") ? "x86_64" : named;
  }

  /// Whether another process was in the way, so that trying again helps.
  static boolean isBusy(SQLException e) {
    int code = primaryCode(e);
    return code == 5 || code == 6;
  }

  /// Whether a row has more bytes than any that is recorded.
  static boolean isTooLarge(SQLException e) {
    return primaryCode(e) == 18;
  }

  /// What an error means to the user of the database.
  public static AuditException explain(String doing, Path database, SQLException e) {
    Meaning meaning = meaning(database, e);
    return new AuditException(doing + " " + database + ": " + meaning.what(), meaning.remedy(), e);
  }

  private record Meaning(String what, String remedy) {}

  private static Meaning meaning(Path database, SQLException e) {
    if (e.getErrorCode() == READONLY_ROLLBACK) {
      return new Meaning(
          "beside it lies a journal of another program, which would change it",
          "Move " + database + "-journal away: this program makes none");
    }
    return switch (primaryCode(e)) {
      case 5, 6 ->
          new Meaning(
              "another process has kept it locked for " + BUSY_TIMEOUT.toSeconds() + " s",
              "Find the process that holds it (fuser " + database + ") and end it");
      case 3, 8, 14, 23 ->
          new Meaning(
              "no permission (" + e.getMessage() + ")",
              "Make the file and its directory writable for you, or " + ANOTHER);
      case 10 ->
          new Meaning(
              "its file system fails (" + e.getMessage() + ")",
              "See whether it is full (df -h), over your quota (quota -s), or broken (dmesg)");
      case 11 ->
          new Meaning(
              "the database is damaged (" + e.getMessage() + ")",
              "initrunner audit rotate puts it aside, and a new one is begun. sqlite3's .recover may"
                  + " read the old one");
      case 13 -> new Meaning("no space left", "Free some space on that file system");
      case 18 ->
          new Meaning(
              "a row in it is larger than any that is recorded", "See: initrunner audit verify");
      case 26 ->
          new Meaning(
              "the file is not an SQLite database",
              "Choose another file with --audit-db or INITRUNNER_AUDIT_DB, or move this one away");
      default ->
          new Meaning(
              String.valueOf(e.getMessage()),
              "Check that it is an audit database on a local file system, or " + ANOTHER);
    };
  }

  /// SQLite's result code without its extension (https://sqlite.org/rescode.html).
  private static int primaryCode(SQLException e) {
    return e.getErrorCode() & 0xFF;
  }
}

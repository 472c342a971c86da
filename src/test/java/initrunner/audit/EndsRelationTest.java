package initrunner.audit;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.audit.CurrentEnds.Relation;
import initrunner.audit.LogEnds.Ends;
import initrunner.text.Hmac;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A database with five events, whose ends are compared with others that may be kept of it; and a
/// walk along it with ends that are not its own.
class EndsRelationTest {

  private static final String OTHER = "ab".repeat(32);

  @TempDir private Path directory;
  private Connection connection;
  private Hmac key;
  private LogEnds stored;

  @BeforeEach
  void record() throws SQLException {
    Path database = directory.resolve("audit.db");
    try (AuditStore store = AuditStore.open(database)) {
      for (int i = 1; i <= 5; i++) {
        store.append(AppendingProcess.event("agent", i));
      }
    }
    key = ChainKey.beside(database).toSign();
    connection = SqliteDriver.openToWrite(database);
    stored = EndsTable.read(connection, key).orElseThrow();
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  @Test
  void aRecordFollowsEachOfItsOwnEarlierEnds() throws SQLException {
    for (Ends kept :
        new Ends[] {
          new Ends(0, "", 0, ""),
          new Ends(0, "", 1, hash(1)),
          new Ends(0, "", 4, hash(4)),
          new Ends(0, "", 5, hash(5)),
        }) {
      assertThat(relation(stored, kept)).as("%s", kept).isEqualTo(Relation.FOLLOWS);
    }
  }

  @Test
  void endsThatAreNeitherItsOwnNorBeforeThemAreAnotherRecords() throws SQLException {
    for (Ends kept :
        new Ends[] {
          new Ends(0, "", 0, OTHER), new Ends(0, "", 1, OTHER), new Ends(0, "", 5, OTHER),
        }) {
      assertThat(relation(stored, kept)).as("%s", kept).isEqualTo(Relation.OTHER);
    }
    execute("DELETE FROM security_events WHERE id = 3");
    assertThat(relation(stored, new Ends(0, "", 3, hash(3)))).isEqualTo(Relation.OTHER);
  }

  @Test
  void aRecordThatEndsOrBeginsBeforeWhatIsKeptIsBehind() throws SQLException {
    for (Ends kept :
        new Ends[] {
          new Ends(0, "", 6, OTHER), new Ends(1, hash(1), 5, hash(5)), new Ends(6, OTHER, 6, OTHER),
        }) {
      assertThat(relation(stored, kept)).as("%s", kept).isEqualTo(Relation.BEHIND);
    }
  }

  @Test
  void ofPrunedRecordsTheLastIsStillCompared() throws SQLException {
    LogEnds pruned = stored.with(Chain.EVENTS, new Ends(3, hash(3), 5, hash(5)));
    execute("DELETE FROM security_events WHERE id <= 3");

    assertThat(relation(pruned, new Ends(0, "", 3, hash(3)))).isEqualTo(Relation.FOLLOWS);
    assertThat(relation(pruned, new Ends(0, "", 3, OTHER))).isEqualTo(Relation.OTHER);
    assertThat(relation(pruned, new Ends(0, "", 2, OTHER))).isEqualTo(Relation.FOLLOWS);
  }

  @Test
  void aWalkEndsWhereTheSignedEndsAreAndSaysWhatIsMissingOrTooMuch() throws SQLException {
    Ends five = stored.of(Chain.EVENTS);
    assertThat(walked(five)).isEqualTo("holds");
    assertThat(walked(new Ends(0, "", 4, hash(4)))).isEqualTo("5 ENDS_MISMATCH");
    assertThat(walked(five.cut())).isEqualTo("5 ENDS_MISMATCH");
    assertThat(walked(new Ends(0, "", 6, OTHER))).isEqualTo("6 RECORDS_MISSING");
    assertThat(walked(new Ends(5, hash(5), 5, hash(5)))).isEqualTo("1 RECORDS_MISSING");
    assertThat(walked(new Ends(3, hash(3), 5, hash(5)))).isEqualTo("1 RECORDS_MISSING");
    assertThat(walkedAfter(3, new Ends(3, hash(3), 5, hash(5)))).isEqualTo("holds");
    assertThat(walkedAfter(3, new Ends(3, hash(3), 6, OTHER))).isEqualTo("6 RECORDS_MISSING");
    assertThat(walkedAfter(3, new Ends(3, OTHER, 5, hash(5)))).isEqualTo("4 PREV_HASH_MISMATCH");
    execute("UPDATE security_events SET details = 'n=9' WHERE id = 4");
    assertThat(walkedAfter(3, new Ends(3, hash(3), 6, OTHER))).isEqualTo("4 HASH_MISMATCH");
  }

  private Relation relation(LogEnds now, Ends kept) throws SQLException {
    return CurrentEnds.relation(connection, Chain.EVENTS, now.of(Chain.EVENTS), kept);
  }

  private String walked(Ends ends) throws SQLException {
    ChainWalk walk =
        new ChainWalk(Chain.EVENTS, stored.with(Chain.EVENTS, ends), ChainKey.Signers.only(key));
    walk.walk(connection);
    return broken(walk);
  }

  private String walkedAfter(long first, Ends ends) throws SQLException {
    ChainWalk walk =
        new ChainWalk(Chain.EVENTS, stored.with(Chain.EVENTS, ends), ChainKey.Signers.only(key));
    walk.walkAfter(connection, first);
    return broken(walk);
  }

  private static String broken(ChainWalk walk) {
    return walk.firstBreak().map(found -> found.id() + " " + found.reason()).orElse("holds");
  }

  private String hash(long id) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT record_hash FROM security_event_signatures WHERE event_id = " + id)) {
      return row.getString(1);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}

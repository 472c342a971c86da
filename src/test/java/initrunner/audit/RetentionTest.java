package initrunner.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionTest {

  private static final Instant NOW = Instant.parse("2026-06-30T12:00:00Z");

  @TempDir private Path directory;
  private Path database;

  @BeforeEach
  void makeDatabase() {
    database = directory.resolve("audit.db");
    AuditStore.open(database).close();
  }

  @Test
  void anEmptyRecordStaysEmpty() throws Exception {
    prune(new Retention(Duration.ofDays(1), 1));
    assertThat(rows()).isEmpty();
  }

  @Test
  void whatIsOlderGoesAndWhatIsExactlyAsOldStays() throws Exception {
    insert(NOW.minus(Duration.ofDays(90)).minusNanos(1000), 3);
    insert(NOW.minus(Duration.ofDays(90)), 1);
    insert(NOW, 1);
    prune(new Retention(Duration.ofDays(90), 100));
    assertThat(rows()).extracting(AuditRow::id).containsExactly(5L, 4L);
  }

  @Test
  void aboveTheNumberAndTheSlackOnlyTheNewestStay() throws Exception {
    insert(NOW, 10 + Retention.SLACK);
    prune(new Retention(Duration.ofDays(90), 10));
    assertThat(rows()).hasSize(10 + Retention.SLACK);
    insert(NOW, 1);
    prune(new Retention(Duration.ofDays(90), 10));
    assertThat(rows()).hasSize(10);
    assertThat(rows().getLast().id()).isEqualTo(Retention.SLACK + 2L);
  }

  private void prune(Retention retention) throws SQLException {
    try (Connection connection = SqliteDriver.openToWrite(database);
        ChainWriter writer = new ChainWriter(connection, ChainKey.beside(database).toSign())) {
      writer.prune(retention, NOW);
    }
  }

  private void insert(Instant time, int count) throws SQLException {
    try (Connection connection = SqliteDriver.openToWrite(database);
        PreparedStatement statement =
            connection.prepareStatement(
                """
                INSERT INTO security_events (timestamp, event_type, agent_name, details)
                  VALUES (?, 't', 'a', '')\
                """)) {
      connection.setAutoCommit(false);
      statement.setString(1, Timestamps.format(time));
      for (int i = 0; i < count; i++) {
        statement.executeUpdate();
      }
      connection.commit();
    }
  }

  private List<AuditRow> rows() {
    return new AuditQuery(Optional.empty(), Optional.empty(), Optional.empty(), 10_000)
        .run(database);
  }
}

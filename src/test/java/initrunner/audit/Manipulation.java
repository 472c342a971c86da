package initrunner.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// What one who can write a database may do to it, drawn at random: SQL statements, with an older
/// copy of the database attached as `older`.
final class Manipulation {

  private static final List<String> TABLES =
      List.of(
          "audit_log",
          "security_events",
          "security_event_signatures",
          "audit_notes",
          "audit_chain");

  private static final List<String> COUNTED =
      List.of("audit_log", "security_events", "audit_notes");

  private final Random random;

  Manipulation(Random random) {
    this.random = random;
  }

  /// One to three changes.
  List<String> next() {
    List<String> statements = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      statements.addAll(one());
    }
    return statements;
  }

  private List<String> one() {
    String table = pick(TABLES);
    return switch (random.nextInt(12)) {
      case 0, 1, 2 -> List.of(edit(table));
      case 3 -> List.of("DELETE FROM " + table + " WHERE rowid IN (" + rows(table) + ")");
      case 4 -> List.of("DELETE FROM " + table);
      case 5 -> List.of("DROP TABLE " + table);
      case 6 -> insert();
      case 7 -> swap();
      case 8 -> sequence();
      case 9 -> List.of("INSERT OR REPLACE INTO " + table + someOlder(table));
      case 10 -> tail();
      default -> anew(table);
    };
  }

  private String edit(String table) {
    String column = pick(columns(table));
    String value =
        pick(
            List.of(
                "NULL",
                "''",
                "'other'",
                "0",
                "1",
                "-7",
                "1e300",
                "x'00ff'",
                "CAST(" + column + " AS BLOB)",
                column + " || char(0) || 'x'",
                column + " || ' '",
                "upper(" + column + ")",
                "(SELECT " + column + " FROM " + table + " ORDER BY random() LIMIT 1)",
                "'2020-01-01T00:00:00.000000+00:00'",
                "'" + "0".repeat(64) + "'"));
    return "UPDATE "
        + table
        + " SET "
        + column
        + " = "
        + value
        + " WHERE rowid IN ("
        + rows(table)
        + ")";
  }

  private String rows(String table) {
    String key = table.equals("audit_chain") ? "chain" : "rowid";
    return "SELECT "
        + key
        + " FROM "
        + table
        + " ORDER BY "
        + pick(
            List.of("random()", "rowid", "rowid DESC").stream()
                .map(order -> order.replace("rowid", key))
                .toList())
        + " LIMIT "
        + (1 + random.nextInt(3));
  }

  private List<String> insert() {
    int id = pick(List.of(-5, 0, 1, 2, 3, 9, 10, 40, 1_000_000));
    if (random.nextInt(3) == 0) {
      return List.of(
          "INSERT OR REPLACE INTO security_event_signatures SELECT "
              + id
              + ", prev_hash,"
              + " record_hash FROM security_event_signatures LIMIT 1");
    }
    return random.nextBoolean()
        ? List.of(
            "INSERT OR REPLACE INTO security_events (id, timestamp, event_type, agent_name, details)"
                + " VALUES ("
                + id
                + ", '2026-01-31T08:30:00.000000+00:00', 'sandbox.exec', 'agent',"
                + " 'rc=0')",
            "INSERT OR REPLACE INTO security_event_signatures SELECT "
                + id
                + ", prev_hash,"
                + " record_hash FROM security_event_signatures LIMIT "
                + random.nextInt(2))
        : List.of(
            "INSERT INTO security_events (timestamp, event_type, agent_name, details) SELECT"
                + " timestamp, event_type, agent_name, details FROM security_events LIMIT 1");
  }

  private List<String> swap() {
    String table = pick(List.of("audit_log", "security_events"));
    String pair =
        "(SELECT min(id) FROM TABLE), (SELECT min(id) + 1 FROM TABLE)".replace("TABLE", table);
    return List.of(
        "CREATE TEMP TABLE two AS SELECT * FROM " + table + " WHERE id IN (" + pair + ")",
        "DELETE FROM " + table + " WHERE id IN (SELECT id FROM two)",
        "UPDATE two SET id = (SELECT sum(id) FROM two) - id",
        "INSERT INTO " + table + " SELECT * FROM two",
        "DROP TABLE two");
  }

  private List<String> sequence() {
    return List.of(
        random.nextBoolean()
            ? "DELETE FROM sqlite_sequence WHERE name = '" + pick(COUNTED) + "'"
            : "UPDATE sqlite_sequence SET seq = " + random.nextInt(12));
  }

  /// The newest records go with their signatures and with SQLite's count, and the ends are those of
  /// the older copy: all at one time, or a part of it.
  private List<String> tail() {
    List<String> statements = new ArrayList<>();
    for (String table : TABLES) {
      if (random.nextInt(4) > 0) {
        statements.add("DELETE FROM " + table);
        statements.add("INSERT INTO " + table + older(table));
      }
    }
    if (random.nextBoolean()) {
      statements.add("DELETE FROM sqlite_sequence");
      statements.add("INSERT INTO sqlite_sequence SELECT * FROM older.sqlite_sequence");
    }
    return statements;
  }

  private static String older(String table) {
    return " SELECT * FROM older." + table;
  }

  private String someOlder(String table) {
    int rows = 1 + random.nextInt(4);
    return " SELECT * FROM (" + older(table) + " ORDER BY random() LIMIT " + rows + ")";
  }

  /// A table without its constraints, with all of its rows, some, or the same without values.
  private List<String> anew(String table) {
    List<String> columns = columns(table);
    String rows =
        switch (random.nextInt(3)) {
          case 0 -> " LIMIT " + random.nextInt(8);
          case 1 -> " WHERE " + pick(columns) + " > 2";
          default -> "";
        };
    List<String> statements = new ArrayList<>();
    statements.add("CREATE TABLE copy AS SELECT * FROM " + table + rows);
    statements.add("DROP TABLE " + table);
    statements.add("ALTER TABLE copy RENAME TO " + table);
    if (random.nextBoolean()) {
      statements.add("UPDATE " + table + " SET " + pick(columns) + " = NULL");
    }
    if (random.nextInt(4) == 0) {
      statements.add("ALTER TABLE " + table + " DROP COLUMN " + pick(columns));
    }
    return statements;
  }

  private static List<String> columns(String table) {
    return switch (table) {
      case "audit_log" -> {
        List<String> columns = new ArrayList<>(Chain.RUNS.signedColumns());
        columns.addAll(List.of("id", "prev_hash", "record_hash"));
        yield columns;
      }
      case "security_events" -> Chain.EVENTS.signedColumns();
      case "security_event_signatures" -> List.of("event_id", "prev_hash", "record_hash");
      case "audit_notes" ->
          List.of("id", "timestamp", "type", "details", "prev_hash", "record_hash");
      default -> List.of("chain", "base_id", "base_hash", "tip_id", "tip_hash", "ends_hash");
    };
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}

package initrunner.audit;

import initrunner.text.Timestamps;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;

/// What was pruned, as the audit log notes it and signs it like a record. Immutable.
///
/// @param timestamp when, by the clock of this machine
/// @param table that the records were in
/// @param firstId of the oldest one
/// @param lastId of the newest one
/// @param records how many there were
/// @param oldest the timestamp of the first one, as it was there
/// @param newest the timestamp of the last one
public record AuditNote(
    Instant timestamp,
    String table,
    long firstId,
    long lastId,
    long records,
    String oldest,
    String newest) {

  static final String TYPE = "pruned";

  SortedMap<String, Optional<Object>> fields() {
    SequencedMap<String, String> details = new LinkedHashMap<>();
    details.put("table", table);
    details.put("first_id", Long.toString(firstId));
    details.put("last_id", Long.toString(lastId));
    details.put("records", Long.toString(records));
    details.put("oldest", oldest);
    details.put("newest", newest);
    return new TreeMap<>(
        Map.of(
            "timestamp", Optional.of(Timestamps.format(timestamp)),
            "type", Optional.of(TYPE),
            "details", Optional.of(DetailsText.format(details))));
  }

  /// Reads what [#fields] wrote.
  ///
  /// @throws IllegalArgumentException for what this did not write
  static AuditNote parse(String timestamp, String details) {
    SequencedMap<String, String> fields = DetailsText.parse(details);
    return new AuditNote(
        Timestamps.parse(timestamp)
            .orElseThrow(() -> new IllegalArgumentException("no time: " + timestamp)),
        fields.getOrDefault("table", ""),
        Long.parseLong(fields.getOrDefault("first_id", "0")),
        Long.parseLong(fields.getOrDefault("last_id", "0")),
        Long.parseLong(fields.getOrDefault("records", "0")),
        fields.getOrDefault("oldest", ""),
        fields.getOrDefault("newest", ""));
  }
}

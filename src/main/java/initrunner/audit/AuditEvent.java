package initrunner.audit;

import initrunner.text.Redaction;
import initrunner.text.Timestamps;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// One security event: a command is about to run, ran, or was refused. Immutable.
///
/// @param type as `sandbox.start`, `sandbox.exec`: letters, digits, `.`, `_` and `-`
/// @param agentName the role's name, or what a call without a role says instead
/// @param details key and value in the order in which they are written; a key is made of lower-case
///   letters, digits and `_`, a value may be anything
public record AuditEvent(
    Instant timestamp, String type, String agentName, SequencedMap<String, String> details) {

  /// The key of the one value that is kept to [DetailsText#MOST_OF_ARGUMENTS].
  public static final String ARGUMENTS = "arguments";

  /// The keys of both ends of a call's output, of which each is kept to [#MOST_OF_OUTPUT].
  public static final String OUTPUT_BEGIN = "output_begin";

  /// The last part; only where the beginning is not all.
  public static final String OUTPUT_END = "output_end";

  /// In code points.
  public static final int MOST_OF_OUTPUT = 1000;

  private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9._-]+");
  private static final Pattern KEY = Pattern.compile("[a-z0-9_]+");

  /// Takes a copy of the details.
  ///
  /// @throws IllegalArgumentException for a type or a key of another form
  public AuditEvent {
    if (!TYPE.matcher(type).matches()) {
      throw new IllegalArgumentException("event type '" + type + "': allowed is " + TYPE);
    }
    details = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(details));
    for (String key : details.keySet()) {
      if (!KEY.matcher(key).matches()) {
        throw new IllegalArgumentException("details key '" + key + "': allowed is " + KEY);
      }
    }
  }

  /// Reads what [#detailsText] wrote; the end mark of a value that was cut stays.
  public static SequencedMap<String, String> parseDetails(String text) {
    return DetailsText.parse(text);
  }

  /// What a new record has; what is not there is left empty, as databases of every age allow.
  SortedMap<String, Optional<Object>> fields() {
    return new TreeMap<>(
        Map.of(
            "timestamp", Optional.of(Timestamps.format(timestamp)),
            "event_type", Optional.of(type),
            "agent_name", Optional.of(Redaction.redact(agentName)),
            "details", Optional.of(detailsText())));
  }

  /// The details as they are recorded: `key=value key=value`, one line. Known shapes of secrets are
  /// redacted, long values are cut with a mark, and no value can look like a further field, even to
  /// a reader that only splits at spaces and `=`.
  public String detailsText() {
    return DetailsText.format(details);
  }
}

package initrunner.audit;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// One security event: something was about to run, ran, or was refused.
///
/// @param type as `sandbox.start`, `sandbox.exec`
/// @param details key and value in the order in which they are written
public record AuditEvent(
    Instant timestamp, String type, String agentName, SequencedMap<String, String> details) {

  public AuditEvent {
    details = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(details));
  }
}

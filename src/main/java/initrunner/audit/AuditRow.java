package initrunner.audit;

import java.util.Optional;

/// One recorded security event, as it stands in the database. Immutable.
///
/// @param id in the order of recording
/// @param timestamp UTC, ISO 8601 with microseconds and `+00:00`
/// @param details `key=value key=value`
/// @param sourceIp where a remote caller came from; only other writers of the database set it
/// @param principalId for whom it was done; only other writers of the database set it
public record AuditRow(
    long id,
    String timestamp,
    String eventType,
    String agentName,
    String details,
    Optional<String> sourceIp,
    Optional<String> principalId) {}

package initrunner.audit.story;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// One transfer of files as the audit log holds it, at its end. Immutable.
///
/// @param direction `push`, `pull`, `both`
/// @param root the directory on the host
/// @param ended `complete`, `incomplete`, `failed`
/// @param files how many were moved; empty where the transfer failed
public record StoredTransfer(
    long eventId,
    String runId,
    Instant end,
    RunSummary.Asker asker,
    String agent,
    RunSummary.Place place,
    String direction,
    String root,
    String ended,
    Optional<String> reason,
    Optional<Long> files,
    Optional<Long> bytes,
    Duration duration) {}

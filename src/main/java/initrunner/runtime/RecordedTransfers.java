package initrunner.runtime;

import initrunner.audit.AuditEvent;
import initrunner.audit.AuditException;
import initrunner.exec.TransportException;
import initrunner.runtime.confine.SandboxHost;
import initrunner.runtime.mounts.TransferRecorder;
import initrunner.transfer.Exchange.Trees;
import initrunner.transfer.Rules;
import initrunner.transfer.TransferReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.function.Supplier;

/// Records each transfer with one row, `sandbox.transfer`: names and contents never, only their
/// number, their bytes and a digest over the names.
record RecordedTransfers(SandboxHost place, CallRecord.Trail trail) implements TransferRecorder {

  /// @throws AuditException if it was made and cannot be recorded
  @Override
  public TransferReport recorded(Trees trees, Rules rules, Supplier<TransferReport> transfer) {
    long begin = System.nanoTime();
    SequencedMap<String, String> details = place.details();
    details.put("direction", rules.direction().name().toLowerCase(Locale.ROOT));
    details.put("root", trees.there());
    String ended = "failed";
    try {
      TransferReport report = transfer.get();
      details.put("files", Integer.toString(report.files()));
      details.put("bytes", Long.toString(report.bytes()));
      details.put(
          "removed", Integer.toString(report.removedThere().size() + report.removedHere().size()));
      details.put("conflicts", Integer.toString(report.conflicts().size()));
      details.put("refused", Integer.toString(report.refused().size()));
      details.put("manifest_sha256", report.manifest());
      ended = report.isComplete() ? "complete" : "incomplete";
      return report;
    } catch (TransportException e) {
      details.put("reason", e.kind().name().toLowerCase(Locale.ROOT));
      throw e;
    } finally {
      details.put("ended", ended);
      details.put(
          "duration_ms", Long.toString(Duration.ofNanos(System.nanoTime() - begin).toMillis()));
      trail.asked().put(details);
      record(details);
    }
  }

  private void record(SequencedMap<String, String> details) {
    trail
        .store()
        .ifPresent(store ->
            store.append(
                new AuditEvent(Instant.now(), "sandbox.transfer", trail.agentName(), details)));
  }
}

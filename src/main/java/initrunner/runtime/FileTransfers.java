package initrunner.runtime;

import initrunner.audit.AuditEvent;
import initrunner.audit.AuditException;
import initrunner.exec.TransportException;
import initrunner.transfer.Exchange;
import initrunner.transfer.Exchange.Trees;
import initrunner.transfer.Progress;
import initrunner.transfer.Rules;
import initrunner.transfer.TransferReport;
import initrunner.transfer.tree.TransferException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;

/// Moves files between this machine and the host of a role, and records each transfer with one row,
/// `sandbox.transfer`: names and contents never, only their number, their bytes and a digest over
/// the names. Safe for any number of threads.
public final class FileTransfers {

  private final Sandbox sandbox;
  private final CallRecord.Trail trail;
  private final Exchange exchange;

  private FileTransfers(Sandbox sandbox, CallRecord.Trail trail, Exchange exchange) {
    this.sandbox = sandbox;
    this.trail = trail;
    this.exchange = exchange;
  }

  /// @param hostName what the host is reached as; it names the state of the last exchange
  /// @param states the directory of the states of last exchanges
  /// @throws TransferException if the tools run on this machine
  static FileTransfers of(Sandbox sandbox, CallRecord.Trail trail, String hostName, Path states) {
    if (sandbox.place().host().isEmpty()) {
      throw new TransferException(
          "the role's tools run on this machine, so there is no host to move files to",
          "Give a role with backend: ssh, or --host.");
    }
    return new FileTransfers(
        sandbox, trail, new Exchange(sandbox.transport(), hostName, Optional.empty(), states));
  }

  /// The same trees, with the host's as it is named from the login directory: one tree has one name
  /// and one state, and need not exist yet.
  private Trees named(Trees trees) {
    String there =
        sandbox.place().directoryOf(Optional.of(trees.there())).orElseThrow().replace("/./", "/");
    String plain = there.replaceFirst("(?<=.)(/\\.?)+$", "");
    return new Trees(trees.here(), plain, trees.selection());
  }

  /// The host's name for a person.
  public String host() {
    return sandbox.place().name();
  }

  /// Says what [#run] would do, and does nothing: it is not recorded. Blocks.
  ///
  /// @throws TransferException if one side cannot be listed
  /// @throws TransportException if the host cannot be reached
  public TransferReport plan(Trees trees, Rules rules) {
    return exchange.plan(named(trees), rules);
  }

  /// Makes the exchange, and records it. Blocks; an interrupt ends it with each file whole, as one
  /// of its versions.
  ///
  /// @throws TransferException if it cannot be made, or not to its end
  /// @throws TransportException if the host cannot be reached
  /// @throws AuditException if it was made and cannot be recorded
  public TransferReport run(Trees trees, Rules rules, Progress progress) {
    long begin = System.nanoTime();
    SequencedMap<String, String> details = new LinkedHashMap<>();
    details.put("backend", sandbox.place().backend());
    sandbox.place().host().ifPresent(host -> details.put("host", host));
    details.put("direction", rules.direction().name().toLowerCase(Locale.ROOT));
    Trees named = named(trees);
    details.put("root", named.there());
    String ended = "failed";
    try {
      TransferReport report = exchange.run(named, rules, progress);
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
      trail.client().ifPresent(client -> details.put("client", client));
      details.put("run", trail.runId());
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

package initrunner.runtime;

import initrunner.audit.AuditException;
import initrunner.exec.TransportException;
import initrunner.launch.LauncherUnavailableException;
import initrunner.runtime.mounts.NamedTrees;
import initrunner.runtime.mounts.StagedMounts;
import initrunner.transfer.Exchange;
import initrunner.transfer.Exchange.Trees;
import initrunner.transfer.Progress;
import initrunner.transfer.Rules;
import initrunner.transfer.TransferReport;
import initrunner.transfer.tree.TransferException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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

  /// The host's name for a person.
  public String host() {
    return sandbox.place().name();
  }

  /// Says what [#run] would do, and does nothing: it is not recorded. Blocks.
  ///
  /// @throws TransferException if one side cannot be listed
  /// @throws TransportException if the host cannot be reached
  public TransferReport plan(Trees trees, Rules rules) {
    return exchange.plan(NamedTrees.of(sandbox.place(), trees), rules);
  }

  /// Makes the exchange, and records it. Blocks; an interrupt ends it with each file whole, as one
  /// of its versions.
  ///
  /// @throws TransferException if it cannot be made, or not to its end
  /// @throws TransportException if the host cannot be reached
  /// @throws AuditException if it was made and cannot be recorded
  public TransferReport run(Trees trees, Rules rules, Progress progress) {
    Trees named = NamedTrees.of(sandbox.place(), trees);
    try {
      return new RecordedTransfers(sandbox.place(), trail)
          .recorded(named, rules, () -> exchange.run(named, rules, progress));
    } finally {
      RecordedCommands.recordAsked(sandbox, trail);
    }
  }

  /// The copies on the host, of files of this machine, that the role's commands may change: what
  /// changed there is to be brought back from these.
  ///
  /// @throws LauncherUnavailableException if such a file is not here any more
  public List<Trees> writableMounts() {
    return sandbox.mounts().map(StagedMounts::writable).orElse(List.of());
  }
}

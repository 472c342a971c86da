package initrunner.runtime;

import initrunner.audit.AuditException;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.TransportException;
import initrunner.exec.transport.PortAddress;
import initrunner.role.Role;
import initrunner.runtime.mounts.StagedMounts;
import initrunner.runtime.ports.PortCalls;
import initrunner.transfer.tree.TransferException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// What a person or another program does on a role's host itself, beside the role's tools. Safe for
/// many threads. Recorded as calls are.
public final class HostWork {

  private final Role role;
  private final Sandbox sandbox;
  private final RecordedCommands commands;
  private final PortCalls ports;

  HostWork(Role role, Sandbox sandbox, RecordedCommands commands, PortCalls ports) {
    this.role = role;
    this.sandbox = sandbox;
    this.commands = commands;
    this.ports = ports;
  }

  /// The role's shell and files for another program that has tools of its own.
  ///
  /// @param client the program, written into every row
  public HostAccess access(String client) {
    return new HostAccess(role, commands.in(commands.trail().askedBy(client)));
  }

  /// The jobs on the role's host, for a person.
  public HostJobs jobs() {
    return new HostJobs(sandbox, commands, RoleTools.jobLimits(role));
  }

  /// Moves files between this machine and the role's host. Blocks for `ssh -G`, ten seconds at
  /// most.
  ///
  /// @param home the user's directory, in which the states of last exchanges are kept
  /// @throws TransferException if the role's tools run on this machine
  public FileTransfers transfers(Path home) {
    return FileTransfers.of(
        sandbox, commands.trail(), RoleHost.reachedAs(role), home.resolve("exchanges"));
  }

  /// Whether copies of files of this machine, as the role's mounts want, have come to the host.
  public boolean hasStaged() {
    return sandbox.mounts().filter(StagedMounts::areThere).isPresent();
  }

  /// Opens a port of the host to this machine's programs, for a person's own use, until this thread
  /// is interrupted, whose flag stays set.
  ///
  /// @param local the port of this machine, 0 for any that is free; where it is empty, the same
  ///   number if that can be had
  /// @param told gets the port once it is open, on this thread
  /// @throws TransportException if it cannot be opened
  /// @throws AuditException if it was not, because its start could not be recorded
  public Outcome forward(PortAddress to, OptionalInt local, Consumer<PortCalls.Forwarded> told) {
    RecordedCall recorded =
        RecordedCall.of(List.of("forward", to.toString()), Optional.of("ports"));
    return commands.record(recorded, Sink.DISCARD, _ -> ports.forward(to, local, told));
  }
}

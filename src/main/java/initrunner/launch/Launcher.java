package initrunner.launch;

import initrunner.exec.Command;
import java.util.List;
import java.util.Optional;

/// How a command is started on its host. A pure function: the same command and call id give the
/// same launch. Implementations are immutable and safe for many threads; no method blocks. Before,
/// a launcher's static `prepare` asks the host by a [Probe] what it must know.
public interface Launcher {

  /// Wraps a command.
  ///
  /// @param callId unique among all calls: hexadecimal digits
  Launch launch(Command command, String callId);

  /// This launcher for one call, with files that the call may not see or change. A launcher that
  /// contains nothing ignores them.
  default Launcher covering(List<Cover> covers) {
    return this;
  }

  /// This launcher for commands that outlive this process: no later one ends them because of that.
  default Launcher lasting() {
    return this;
  }

  /// As a role names it: `none`, `bwrap`, `docker`, `slurm`.
  String name();

  /// What a contained command sees besides its start directory; empty if nothing is contained.
  default Optional<List<Mount>> mounts() {
    return Optional.empty();
  }
}

package initrunner.launch;

import initrunner.exec.Command;
import java.util.List;
import java.util.Optional;

/// How a command is started where it runs. A pure function: the same command and the same name give
/// the same launch. Implementations are immutable and safe for many threads; nothing in them
/// blocks. What a launcher has to learn of the place first, its static `prepare` asks by a [Probe].
public interface Launcher {

  /// Wraps a command.
  ///
  /// @param callId a name that no other call has: hexadecimal digits
  Launch launch(Command command, String callId);

  /// The same, for one call from which something is kept; a launcher that contains nothing keeps
  /// nothing.
  default Launcher covering(List<Cover> covers) {
    return this;
  }

  /// As a role names it: `none`, `bwrap`, `docker`, `slurm`.
  String name();

  /// What a contained command sees besides the directory in which it starts; empty where nothing is
  /// contained.
  default Optional<List<Mount>> mounts() {
    return Optional.empty();
  }
}

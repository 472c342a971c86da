package initrunner.launch;

import initrunner.exec.Command;

/// How a command is started where it runs. A pure function: the same command always gives the same
/// launch. Implementations are immutable and safe for many threads; nothing in them blocks.
public interface Launcher {

  /// Wraps a command.
  Launch launch(Command command);

  /// As a role names it: `none`, `bwrap`, `docker`, `slurm`.
  String name();
}

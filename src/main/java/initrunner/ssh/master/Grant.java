package initrunner.ssh.master;

import initrunner.ssh.mux.MuxSocket;
import initrunner.ssh.mux.OpeningChannel;
import java.util.List;
import java.util.Optional;

/// The right to a session on one master, which a caller has before it has a channel.
sealed interface Grant {

  PooledMaster owner();

  /// A channel that was asked for ahead of need.
  record Spare(PooledMaster owner, OpeningChannel opening) implements Grant {}

  /// A session that was reserved, with a socket to ask for it on, if there is one.
  record Slot(PooledMaster owner, Optional<MuxSocket> socket) implements Grant {}

  /// The best of these masters. The lock of their pool is held.
  static Optional<Grant> on(List<PooledMaster> usable) {
    for (PooledMaster master : usable) {
      Optional<OpeningChannel> spare = master.takeSpare();
      if (spare.isPresent()) {
        return Optional.of(new Spare(master, spare.get()));
      }
    }
    for (PooledMaster master : usable) {
      if (master.reserve()) {
        return Optional.of(new Slot(master, master.takeIdle()));
      }
    }
    return Optional.empty();
  }
}

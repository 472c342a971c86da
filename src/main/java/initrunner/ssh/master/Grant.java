package initrunner.ssh.master;

import initrunner.exec.TransportException;
import initrunner.ssh.client.SshDiagnosis;
import initrunner.ssh.client.SshTarget;
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

  /// How long until a server that had no session is asked again; no thread signals that. The lock
  /// of their pool is held.
  static long refusalPauseNanos(List<PooledMaster> usable) {
    return usable.stream()
        .mapToLong(PooledMaster::refusalPauseNanos)
        .filter(pause -> pause > 0)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /// Why these masters gave no channel in time. The lock of their pool is held.
  ///
  /// @param hasAsked whether a person was asked for one of them
  static TransportException tooLate(List<PooledMaster> usable, SshTarget target, boolean hasAsked) {
    if (usable.stream().anyMatch(PooledMaster::isSilent)) {
      return SshDiagnosis.noAnswer(target);
    }
    if (usable.stream().noneMatch(PooledMaster::isLimited)) {
      return SshDiagnosis.noConnection(target);
    }
    return hasAsked ? SshDiagnosis.noSessionWithoutAsking(target) : SshDiagnosis.noSession(target);
  }
}

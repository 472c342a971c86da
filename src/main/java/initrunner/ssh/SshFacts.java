package initrunner.ssh;

import initrunner.ssh.master.ChannelPool;
import initrunner.ssh.master.PooledMaster;
import initrunner.ssh.mux.Patience;
import initrunner.ssh.shell.LoginShell;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a connection is like.
///
/// @param posixShell whether the login shell reads POSIX quoting back exactly; other shells get
///   commands on their input
/// @param quietShell whether it writes nothing of its own to a command's output
/// @param sessions how many one connection gives at once, up to the number that was tried
public record SshFacts(boolean posixShell, boolean quietShell, int sessions) {

  /// Counts the sessions that one connection gives at once. Logs in where there is no connection.
  ///
  /// @param most sessions that are tried
  /// @throws TransportException if the login did not work
  static SshFacts of(ChannelPool pool, int most) {
    List<ChannelPool.Lease> leases = new ArrayList<>();
    leases.add(pool.acquire(Patience.endless()));
    try {
      PooledMaster first = leases.getFirst().owner();
      Optional<ChannelPool.Lease> next = Optional.of(leases.getFirst());
      while (next.isPresent() && leases.size() < most) {
        next = pool.acquireNow(Patience.endless());
        next.ifPresent(leases::add);
      }
      LoginShell shell = first.master().shell();
      long ofTheFirst = leases.stream().filter(lease -> lease.owner().equals(first)).count();
      return new SshFacts(
          shell.quoting() == LoginShell.Quoting.POSIX, shell.quiet(), (int) ofTheFirst);
    } finally {
      leases.forEach(pool::release);
    }
  }
}

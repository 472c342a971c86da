package initrunner.cli.hosts;

import initrunner.exec.TransportException;
import initrunner.role.Role;
import initrunner.runtime.RoleSandbox;
import initrunner.ssh.client.SshDestination;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Which account of which machine each of many names stands for. Immutable.
///
/// @param hosts the names, each for another machine or account, with what is known of it
/// @param again the names that stand for the same as one of those, which comes behind
record ReachedHosts(
    SequencedMap<String, Optional<SshDestination>> hosts, SequencedMap<String, String> again) {

  private static final int THREADS_A_PROCESSOR = 2;

  /// Asks `ssh -G` for each. Blocks for that.
  ///
  /// @throws InterruptedException if this thread is interrupted
  static ReachedHosts of(List<String> names, RolesOnHosts roles) throws InterruptedException {
    SequencedMap<String, Optional<SshDestination>> hosts = new LinkedHashMap<>();
    SequencedMap<String, String> again = new LinkedHashMap<>();
    SequencedMap<SshDestination, String> known = new LinkedHashMap<>();
    SequencedMap<String, Optional<SshDestination>> asked = ask(names, roles);
    asked.forEach((name, destination) -> {
      Optional<String> same =
          destination.flatMap(found -> Optional.ofNullable(known.putIfAbsent(found, name)));
      same.ifPresentOrElse(first -> again.put(name, first), () -> hosts.put(name, destination));
    });
    return new ReachedHosts(hosts, again);
  }

  private static SequencedMap<String, Optional<SshDestination>> ask(
      List<String> names, RolesOnHosts roles) throws InterruptedException {
    int threads = THREADS_A_PROCESSOR * Runtime.getRuntime().availableProcessors();
    SequencedMap<String, Optional<SshDestination>> answers = new LinkedHashMap<>();
    ExecutorService asking =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("initrunner-resolve").factory());
    try {
      List<Future<Optional<SshDestination>>> all = new ArrayList<>();
      names.forEach(name -> all.add(asking.submit(() -> destination(roles.on(name)))));
      for (int at = 0; at < names.size(); at++) {
        answers.put(names.get(at), all.get(at).get());
      }
      return answers;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      asking.shutdownNow();
    }
  }

  /// A configuration that cannot be used is a failure of the host's call.
  private static Optional<SshDestination> destination(Role role) {
    try {
      return role.sandbox().ssh().map(ssh -> SshDestination.of(RoleSandbox.target(ssh)));
    } catch (TransportException unusable) {
      return Optional.empty();
    }
  }

  /// The names that are reached.
  List<String> names() {
    return List.copyOf(hosts.keySet());
  }

  /// The jump host that is logged in to first on the way to a host.
  Optional<String> jumpHost(String name) {
    return hosts
        .getOrDefault(name, Optional.empty())
        .flatMap(known -> known.jumpHosts().stream().findFirst());
  }
}

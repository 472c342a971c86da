package initrunner.cli.hosts;

import initrunner.runtime.RoleSandbox;
import initrunner.ssh.client.SshConfiguration;
import initrunner.ssh.client.SshDestination;
import initrunner.ssh.client.SshDestinations;
import initrunner.ssh.client.SshTarget;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// Which account of which machine each of many names stands for. Immutable.
///
/// @param hosts the names, each for another machine or account, or for another sandbox of a role,
///   with what `ssh -G` says of it
/// @param again the names that stand for the same as one of those, which comes behind
record ReachedHosts(
    SequencedMap<String, Optional<SshConfiguration>> hosts, SequencedMap<String, String> again) {

  /// Asks `ssh -G` for each. Blocks for that.
  ///
  /// @throws InterruptedException if this thread is interrupted
  static ReachedHosts of(List<String> names, RolesOnHosts roles) throws InterruptedException {
    SequencedMap<String, Optional<SshConfiguration>> hosts = new LinkedHashMap<>();
    SequencedMap<String, String> again = new LinkedHashMap<>();
    SequencedMap<SshDestination, String> known = new LinkedHashMap<>();
    boolean areHosts = roles.sandboxes().isEmpty();
    ask(names, roles)
        .forEach((name, answer) -> {
          Optional<String> same =
              answer
                  .filter(_ -> areHosts)
                  .flatMap(
                      found -> Optional.ofNullable(known.putIfAbsent(found.destination(), name)));
          same.ifPresentOrElse(first -> again.put(name, first), () -> hosts.put(name, answer));
        });
    return new ReachedHosts(hosts, again);
  }

  /// A configuration that cannot be used is a failure of the host's call.
  private static SequencedMap<String, Optional<SshConfiguration>> ask(
      List<String> names, RolesOnHosts roles) throws InterruptedException {
    SequencedMap<String, SshTarget> targets = new LinkedHashMap<>();
    names.forEach(name ->
        roles
            .on(name)
            .sandbox()
            .ssh()
            .map(RoleSandbox::target)
            .ifPresent(target -> targets.put(name, target)));
    Map<SshTarget, SshConfiguration> found = SshDestinations.ask(List.copyOf(targets.values()));
    SequencedMap<String, Optional<SshConfiguration>> answers = new LinkedHashMap<>();
    names.forEach(
        name -> answers.put(name, Optional.ofNullable(targets.get(name)).map(found::get)));
    return answers;
  }

  /// The names that are reached.
  List<String> names() {
    return List.copyOf(hosts.keySet());
  }

  /// What `ssh -G` says of a host.
  Optional<SshConfiguration> configuration(String name) {
    return hosts.getOrDefault(name, Optional.empty());
  }
}

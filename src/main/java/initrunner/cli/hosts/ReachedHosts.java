package initrunner.cli.hosts;

import initrunner.runtime.RoleSandbox;
import initrunner.ssh.client.SshConfiguration;
import initrunner.ssh.client.SshDestination;
import initrunner.ssh.client.SshDestinations;
import initrunner.ssh.client.SshTarget;
import java.util.ArrayList;
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
/// @param together sandboxes of a role that are the same, two or more in each list
record ReachedHosts(
    SequencedMap<String, Optional<SshConfiguration>> hosts,
    SequencedMap<String, String> again,
    List<List<String>> together) {

  /// Asks `ssh -G` for each. Blocks for that.
  ///
  /// @throws InterruptedException if this thread is interrupted
  static ReachedHosts of(List<String> names, RolesOnHosts roles) throws InterruptedException {
    SequencedMap<String, Optional<SshConfiguration>> all = ask(names, roles);
    SequencedMap<SshDestination, List<String>> same = new LinkedHashMap<>();
    all.forEach((name, answer) ->
        answer.ifPresent(
            found -> same.computeIfAbsent(found.destination(), _ -> new ArrayList<>()).add(name)));
    List<List<String>> groups = same.values().stream().filter(group -> group.size() > 1).toList();
    if (!roles.sandboxes().isEmpty()) {
      return new ReachedHosts(all, new LinkedHashMap<>(), groups);
    }
    SequencedMap<String, String> again = new LinkedHashMap<>();
    for (List<String> group : groups) {
      group.stream().skip(1).forEach(name -> again.put(name, group.getFirst()));
    }
    all.keySet().removeAll(again.keySet());
    return new ReachedHosts(all, again, List.of());
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

  /// The other names of each host that has some.
  SequencedMap<String, List<String>> otherNames() {
    SequencedMap<String, List<String>> others = new LinkedHashMap<>();
    again.forEach((name, first) -> others.computeIfAbsent(first, _ -> new ArrayList<>()).add(name));
    return others;
  }

  /// What `ssh -G` says of a host.
  Optional<SshConfiguration> configuration(String name) {
    return hosts.getOrDefault(name, Optional.empty());
  }
}

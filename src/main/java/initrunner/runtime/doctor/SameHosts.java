package initrunner.runtime.doctor;

import initrunner.role.Role;
import initrunner.role.sandbox.SandboxSettings.Backend;
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

/// Finds sandboxes of a role that are the same account of the same machine under two names.
/// Stateless.
public final class SameHosts {

  private SameHosts() {}

  /// Asks `ssh -G` for all, and blocks for that. A host about which it fails is like no other.
  ///
  /// @param sandboxes one role for each
  /// @throws InterruptedException if this thread is interrupted
  public static List<Finding> of(List<Role> sandboxes) throws InterruptedException {
    SequencedMap<String, SshTarget> targets = new LinkedHashMap<>();
    for (Role role : sandboxes) {
      role.sandbox()
          .ssh()
          .filter(_ -> role.sandbox().backend() == Backend.SSH)
          .map(RoleSandbox::target)
          .ifPresent(target -> targets.put(role.security().sandboxName().orElse(""), target));
    }
    Map<SshTarget, SshConfiguration> known = SshDestinations.ask(List.copyOf(targets.values()));
    SequencedMap<SshDestination, List<String>> names = new LinkedHashMap<>();
    targets.forEach((name, target) ->
        Optional.ofNullable(known.get(target))
            .map(SshConfiguration::destination)
            .ifPresent(same -> names.computeIfAbsent(same, _ -> new ArrayList<>()).add(name)));
    return names.values().stream().filter(same -> same.size() > 1).map(SameHosts::finding).toList();
  }

  private static Finding finding(List<String> names) {
    return Finding.note(
        "same host",
        String.join(" and ", names) + " are the same account of the same machine (ssh -G)",
        "What one changes there, the others see. If that is not meant, correct the host of one.");
  }
}

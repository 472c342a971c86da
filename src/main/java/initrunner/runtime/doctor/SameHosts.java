package initrunner.runtime.doctor;

import initrunner.exec.TransportException;
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
import java.util.Optional;
import java.util.SequencedMap;

/// Finds sandboxes of a role that are the same account of the same machine under two names.
/// Stateless.
public final class SameHosts {

  private SameHosts() {}

  /// Asks `ssh -G` for each, and blocks for that. A host about which it fails is like no other.
  ///
  /// @param sandboxes one role for each
  /// @throws InterruptedException if this thread is interrupted
  public static List<Finding> of(List<Role> sandboxes) throws InterruptedException {
    SequencedMap<SshDestination, List<String>> names = new LinkedHashMap<>();
    for (Role role : sandboxes) {
      destination(role)
          .ifPresent(known ->
              names
                  .computeIfAbsent(known, _ -> new ArrayList<>())
                  .add(role.security().sandboxName().orElse("")));
    }
    return names.values().stream().filter(same -> same.size() > 1).map(SameHosts::finding).toList();
  }

  private static Optional<SshDestination> destination(Role role) throws InterruptedException {
    if (role.sandbox().backend() != Backend.SSH || role.sandbox().ssh().isEmpty()) {
      return Optional.empty();
    }
    SshTarget target = RoleSandbox.target(role.sandbox().ssh().get());
    try {
      return Optional.ofNullable(SshDestinations.ask(List.of(target)).get(target))
          .map(SshConfiguration::destination);
    } catch (TransportException noClient) {
      return Optional.empty();
    }
  }

  private static Finding finding(List<String> names) {
    return Finding.note(
        "same host",
        String.join(" and ", names) + " are the same account of the same machine (ssh -G)",
        "What one changes there, the others see. If that is not meant, correct the host of one.");
  }
}

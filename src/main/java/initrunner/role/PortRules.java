package initrunner.role;

import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.sandbox.SandboxSettings.Backend;
import initrunner.role.sandbox.SshSettings;
import java.util.Locale;
import java.util.Optional;

/// Where the tool `ports` cannot work. Stateless.
final class PortRules {

  private PortRules() {}

  /// Why a role with this sandbox can have none; empty if it can.
  ///
  /// @param key of the sandbox in the role
  static Optional<String> fault(SandboxSettings sandbox, String key) {
    if (sandbox.backend() != Backend.SSH) {
      return Optional.of(
          "ports looks at ports of another machine, and backend %s of %s runs tools on this machine; remove it there, or set %s.backend: ssh"
              .formatted(sandbox.backend().name().toLowerCase(Locale.ROOT), key, key));
    }
    return sandbox
        .ssh()
        .filter(ssh -> ssh.transport() == SshSettings.Transport.PROCESS)
        .map(_ ->
            "ports needs a connection that is shared, which transport: process of %s does not; remove one of the two"
                .formatted(key));
  }
}

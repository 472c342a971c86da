package initrunner.run;

import initrunner.role.Execution;
import initrunner.role.Guardrails;
import initrunner.role.Metadata;
import initrunner.role.Role;
import initrunner.role.Security;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.sandbox.SshSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The role of a caller that names a host and no role file: no tools, no model, only that host.
public final class HostRole {

  private HostRole() {}

  /// The role of one host.
  ///
  /// @param option the caller's name for the host, for the message
  /// @param directory where commands start; empty means the login directory
  /// @throws IllegalArgumentException if `ssh` would not take the host as one
  public static Role of(String option, String host, Optional<String> directory) {
    return new Role(
        Path.of("exec"),
        new Metadata("exec", "", List.of(), "", "", ""),
        "",
        Optional.empty(),
        List.of(),
        new Security(
            SandboxSettings.over(
                new SshSettings(
                    checked(option, host),
                    directory,
                    Optional.empty(),
                    Optional.empty(),
                    Duration.ofSeconds(10),
                    "60s",
                    SshSettings.Transport.AUTO))),
        Guardrails.DEFAULT,
        Execution.DEFAULT);
  }

  private static String checked(String option, String host) {
    if (host.isEmpty() || host.startsWith("-") || !SshSettings.isOneWord(host)) {
      throw new IllegalArgumentException(
          option + " is '" + host + "'; allowed is an alias of ~/.ssh/config or user@hostname");
    }
    return host;
  }
}

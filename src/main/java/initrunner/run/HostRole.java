package initrunner.run;

import initrunner.role.Execution;
import initrunner.role.Guardrails;
import initrunner.role.Metadata;
import initrunner.role.Role;
import initrunner.role.Security;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.sandbox.SshSettings;
import initrunner.role.tools.FilesystemSettings;
import initrunner.role.tools.GitSettings;
import initrunner.role.tools.JobsSettings;
import initrunner.role.tools.Permissions;
import initrunner.role.tools.PortsSettings;
import initrunner.role.tools.PythonSettings;
import initrunner.role.tools.ShellSettings;
import initrunner.role.tools.TerminalSettings;
import initrunner.role.tools.ToolGrant;
import initrunner.role.tools.ToolGrant.Approval;
import initrunner.role.tools.ToolSettings;
import initrunner.text.NumberedNames;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The role of a caller that names a host and no role file: no model, only that host. Stateless.
///
/// @param agentName who calls, for the audit log: the command's name
/// @param option the caller's name for the host, for messages
public record HostRole(String agentName, String option) {

  /// The tools that a host can have without a role.
  public static final List<String> TOOLS =
      List.of("shell", "python", "filesystem", "git", "jobs", "ports", "terminal");

  /// The role of one host.
  ///
  /// @param directory where commands start; empty means the login directory
  /// @throws IllegalArgumentException if `ssh` would not take the host as one
  public Role of(String host, Optional<String> directory) {
    return of(host, directory, List.of());
  }

  /// The role of one host with tools that ask a person before they change anything.
  ///
  /// @param tools their types, each of [#TOOLS]
  /// @throws IllegalArgumentException if `ssh` would not take the host as one
  public Role withTools(String host, Optional<String> directory, List<String> tools) {
    tools.stream()
        .filter(tool -> !TOOLS.contains(tool))
        .findFirst()
        .ifPresent(tool -> {
          throw new IllegalArgumentException(
              "--tools is '" + tool + "'; allowed is " + String.join(", ", TOOLS));
        });
    List<ToolGrant> granted =
        tools.stream()
            .map(HostRole::settings)
            .map(each -> new ToolGrant(each, Approval.CHANGES, Permissions.ALLOW_ALL))
            .toList();
    return of(host, directory, granted);
  }

  /// The role of one host for an agent that asks a person itself: its commands and its files below
  /// the directory, and no person is asked a second time.
  ///
  /// @throws IllegalArgumentException if `ssh` would not take the host as one
  public Role forAnAgentThatAsks(String host, Optional<String> directory) {
    return of(
        host,
        directory,
        List.of(
            new ToolGrant(ShellSettings.unblocked()), new ToolGrant(FilesystemSettings.writing())));
  }

  private static ToolSettings settings(String type) {
    return switch (type) {
      case "shell" -> ShellSettings.DEFAULT;
      case "python" -> PythonSettings.DEFAULT;
      case "jobs" -> JobsSettings.DEFAULT;
      case "terminal" -> TerminalSettings.DEFAULT;
      case "ports" -> PortsSettings.DEFAULT;
      case "filesystem" -> FilesystemSettings.writing();
      case "git" -> GitSettings.writing();
      default -> throw new IllegalArgumentException("no tool for a host: " + type);
    };
  }

  private Role of(String host, Optional<String> directory, List<ToolGrant> tools) {
    return new Role(
        Path.of(agentName),
        new Metadata(agentName, "", List.of(), "", "", ""),
        "",
        Optional.empty(),
        tools,
        new Security(
            SandboxSettings.over(
                new SshSettings(
                    checked(host),
                    directory,
                    Optional.empty(),
                    Optional.empty(),
                    Duration.ofSeconds(10),
                    "60s",
                    SshSettings.Transport.AUTO))),
        Guardrails.DEFAULT,
        Execution.DEFAULT);
  }

  private String checked(String host) {
    if (host.isEmpty()
        || host.startsWith("-")
        || !SshSettings.isOneWord(host)
        || areSeveral(host)) {
      throw new IllegalArgumentException(
          option + " is '" + host + "'; allowed is an alias of ~/.ssh/config or user@hostname");
    }
    return host;
  }

  /// Whether it is a list, a group or a pattern, as those of `exec --hosts`.
  private static boolean areSeveral(String host) {
    return host.startsWith("@")
        || host.contains("*")
        || host.contains("?")
        || NumberedNames.words(host).size() > 1
        || !NumberedNames.expand(host).equals(List.of(host));
  }
}

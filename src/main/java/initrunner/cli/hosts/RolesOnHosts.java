package initrunner.cli.hosts;

import initrunner.cli.console.Console;
import initrunner.role.Role;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.sandbox.SandboxSettings.Backend;
import initrunner.role.sandbox.SshSettings;
import initrunner.run.HostRole;
import initrunner.run.RoleSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.ParameterException;

/// The role of each of many hosts: one role file for all of them, or none. Immutable.
///
/// @param sandboxes names that stand for hosts, each a sandbox of the role; empty for hosts
/// @param settingsOf the sandbox of several whose settings hold on each host
/// @param secrets where the values of the role's `secret_env` are looked up
/// @param configFile the ssh configuration, if it is not the user's own
public record RolesOnHosts(
    List<String> sandboxes,
    Function<String, Role> byHost,
    Optional<String> settingsOf,
    Map<String, String> secrets,
    Optional<Path> configFile) {

  /// A role's limits, launcher and directory on each host in place of its own.
  ///
  /// @throws ParameterException if the role's commands run on this machine, or its files of this
  ///   machine would come back from each host
  public static RolesOnHosts of(HostsOptions options, RoleSource source) {
    Role role = source.role();
    if (role.sandbox().backend() != Backend.SSH) {
      throw options.fault(
          "--hosts is for a role of backend: ssh, and the tools of this role run on this machine");
    }
    requireNothingBack(options, role);
    return new RolesOnHosts(
        List.of(),
        role::onHost,
        role.security().sandboxName(),
        source.environment().values(),
        role.sandbox().ssh().flatMap(SshSettings::configFile));
  }

  /// Each sandbox of a role in place of a host.
  ///
  /// @throws ParameterException if the role has one sandbox, or files of this machine would come
  ///   back from one
  public static RolesOnHosts ofSandboxes(HostsOptions options, RoleSource source) {
    Role role = source.role();
    List<String> names = role.sandboxNames();
    if (names.isEmpty()) {
      throw options.fault(
          "--hosts names a role, and it has one sandbox alone; run it as: initrunner exec ROLE --"
              + " ARGV…, or name the hosts as well: initrunner exec ROLE --hosts web1,web2 -- ARGV…");
    }
    names.forEach(name -> requireNothingBack(options, role.at(name)));
    return new RolesOnHosts(
        names, role::at, Optional.empty(), source.environment().values(), Optional.empty());
  }

  private static void requireNothingBack(HostsOptions options, Role role) {
    if (role.sandbox().bindMounts().stream().anyMatch(each -> each.local() && !each.readOnly())) {
      throw options.fault(
          "this role has a mount of this machine that comes back (read_only: false), which many"
              + " hosts would write over each other; run it on one host, or make it read_only");
    }
  }

  /// Without a role file.
  ///
  /// @param directory where commands start on each host
  public static RolesOnHosts withoutRole(Console console, Optional<String> directory) {
    HostRole role = new HostRole("exec", "--hosts");
    return new RolesOnHosts(
        List.of(),
        host -> role.of(host, directory),
        Optional.empty(),
        RoleEnvironment.ofProcess(console.environment()).values(),
        Optional.empty());
  }

  /// The role of a host.
  Role on(String host) {
    return byHost.apply(host);
  }
}

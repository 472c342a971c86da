package initrunner.runtime;

import initrunner.exec.TransportException;
import initrunner.role.Role;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.sandbox.SshSettings;
import initrunner.runtime.confine.RoleContainment;
import initrunner.runtime.confine.SandboxHost;
import initrunner.ssh.client.SshDestination;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The host on which a role's tools run, with variables replaced. Two equal ones reach the same
/// host in the same way. Immutable.
///
/// @param backend as a role names it
/// @param host present for another machine
/// @param directory where commands start by default; empty means the host's default
/// @param launcher the launcher on another machine, as a role names it
/// @param configFile the ssh configuration that resolves the host, if it is not the user's own
/// @param destination the account and the machine that the host stands for; empty if that was not
///   asked or is unknown
/// @param toolDirectories the tools' own directories, in the role's order; empty where none has one
/// @param sandbox its name, where the role has several
public record RoleHost(
    String backend,
    Optional<String> host,
    Optional<String> directory,
    Optional<String> launcher,
    Optional<String> configFile,
    Optional<String> destination,
    Optional<String> toolDirectories,
    Optional<String> sandbox) {

  /// Of each sandbox of a role, the default first.
  public static List<RoleHost> each(Role role) {
    return sandboxes(role).map(RoleHost::of).toList();
  }

  /// The same as [#resolved].
  public static List<RoleHost> eachResolved(Role role) {
    return sandboxes(role).map(RoleHost::resolved).toList();
  }

  private static Stream<Role> sandboxes(Role role) {
    return role.sandboxNames().isEmpty()
        ? Stream.of(role)
        : role.sandboxNames().stream().map(role::at);
  }

  /// What has changed between two moments, for a person; empty if nothing has.
  ///
  /// @param before empty if it is not known
  public static Optional<String> change(List<RoleHost> before, List<RoleHost> now) {
    if (before.isEmpty()) {
      return Optional.empty();
    }
    for (int at = 0; at < Math.max(before.size(), now.size()); at++) {
      Optional<RoleHost> first = at(before, at);
      Optional<RoleHost> second = at(now, at);
      if (first.isEmpty() || second.isEmpty() || !first.get().isSameAs(second.get())) {
        return Optional.of(
            "were to run on "
                + first.map(RoleHost::description).orElse("no such sandbox")
                + "; now they would run on "
                + second.map(RoleHost::description).orElse("no such sandbox"));
      }
    }
    return Optional.empty();
  }

  private static Optional<RoleHost> at(List<RoleHost> all, int at) {
    return at < all.size() ? Optional.of(all.get(at)) : Optional.empty();
  }

  /// The one of a call.
  ///
  /// @param name as [RoleRuntime#placeOf] gives it: of one, or of several
  public static RoleHost named(String name, List<RoleHost> all) {
    return all.stream()
        .filter(each -> all.size() == 1 || each.name().equals(name))
        .findFirst()
        .orElseGet(() ->
            new RoleHost(
                "",
                Optional.of(name),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
  }

  /// The same, with the account and the machine that `ssh -G` resolves the host to. Blocks for ten
  /// seconds at most.
  public static RoleHost resolved(Role role) {
    RoleHost host = of(role);
    Optional<SshSettings> ssh = role.sandbox().ssh().filter(_ -> host.host().isPresent());
    return ssh.isEmpty() ? host : host.with(destination(ssh.get()));
  }

  /// What the host of a role is reached as, by which the state of an exchange with it is kept;
  /// empty for this machine. Blocks for ten seconds at most.
  static String reachedAs(Role role) {
    RoleHost host = resolved(role);
    return host.destination().or(host::host).orElse("");
  }

  private static Optional<String> destination(SshSettings ssh) {
    try {
      return Optional.of(SshDestination.of(RoleSandbox.target(ssh)).toString());
    } catch (TransportException unusable) {
      return Optional.empty();
    }
  }

  private RoleHost with(Optional<String> other) {
    return new RoleHost(
        backend, host, directory, launcher, configFile, other, toolDirectories, sandbox);
  }

  /// Whether the other one is equal. The destination and the tools' directories are compared only
  /// if this one has them: files of earlier versions do not.
  public boolean isSameAs(RoleHost other) {
    return equals(
        new RoleHost(
            other.backend,
            other.host,
            other.directory,
            other.launcher,
            other.configFile,
            destination.isEmpty() ? destination : other.destination,
            toolDirectories.isEmpty() ? toolDirectories : other.toolDirectories,
            other.sandbox));
  }

  /// The host of this role, from the role alone.
  public static RoleHost of(Role role) {
    SandboxSettings settings = role.sandbox();
    Optional<SshSettings> ssh =
        settings.ssh().filter(_ -> settings.backend() == SandboxSettings.Backend.SSH);
    return new RoleHost(
        word(settings.backend()),
        ssh.map(SshSettings::host),
        ssh.map(SshSettings::remoteCwd)
            .orElseGet(() -> Optional.of(RoleContainment.directoryOf(role))),
        ssh.map(each -> word(each.launcher())),
        ssh.flatMap(SshSettings::configFile).map(Object::toString),
        Optional.empty(),
        toolDirectories(role),
        role.security().sandboxName());
  }

  private static Optional<String> toolDirectories(Role role) {
    return Optional.of(
            role.tools().stream()
                .flatMap(grant -> grant.tool().directory().stream())
                .distinct()
                .collect(Collectors.joining(", ")))
        .filter(all -> !all.isEmpty());
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /// Its fields for programs: `backend`, `host`, `directory`, `launcher`, `config_file`,
  /// `destination`, `tool_directories`, `sandbox`; empty ones are left out.
  public SequencedMap<String, String> fields() {
    SequencedMap<String, String> fields = new LinkedHashMap<>();
    fields.put("backend", backend);
    host.ifPresent(text -> fields.put("host", text));
    directory.ifPresent(text -> fields.put("directory", text));
    launcher.ifPresent(text -> fields.put("launcher", text));
    configFile.ifPresent(text -> fields.put("config_file", text));
    destination.ifPresent(text -> fields.put("destination", text));
    toolDirectories.ifPresent(text -> fields.put("tool_directories", text));
    sandbox.ifPresent(text -> fields.put("sandbox", text));
    return fields;
  }

  /// What [#fields] gave.
  ///
  /// @param fields an empty one is one that is missing
  public static RoleHost ofFields(Map<String, String> fields) {
    return new RoleHost(
        fields.getOrDefault("backend", ""),
        field(fields, "host"),
        field(fields, "directory"),
        field(fields, "launcher"),
        field(fields, "config_file"),
        field(fields, "destination"),
        field(fields, "tool_directories"),
        field(fields, "sandbox"));
  }

  private static Optional<String> field(Map<String, String> fields, String name) {
    return Optional.ofNullable(fields.get(name)).filter(value -> !value.isEmpty());
  }

  /// The host's name for a person, behind that of the sandbox.
  public String name() {
    return SandboxHost.name(host, sandbox);
  }

  /// One line for a person.
  public String description() {
    if (backend.isEmpty()) {
      return name();
    }
    return name()
        + " (backend "
        + backend
        + launcher.map(name -> ", launcher " + name).orElse("")
        + configFile.map(file -> ", config_file " + file).orElse("")
        + destination.map(text -> ", reached as " + text).orElse("")
        + "), in "
        + directory.orElse("the login directory")
        + toolDirectories.map(all -> ", its tools in " + all).orElse("");
  }
}

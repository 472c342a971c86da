package initrunner.runtime;

import initrunner.exec.TransportException;
import initrunner.role.Role;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.sandbox.SshSettings;
import initrunner.runtime.confine.RoleContainment;
import initrunner.ssh.client.SshDestination;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;

/// Where a role's tools act, with the variables of its texts put in. Two that are equal name the
/// same place by the same way. Immutable.
///
/// @param backend as a role names it
/// @param host where it is another machine
/// @param directory where commands start that say nothing else; empty leaves that to the place
/// @param launcher how commands are started on another machine, as a role names it
/// @param configFile the ssh configuration that says which machine the host is, where it is not the
///   user's own
/// @param destination the account and the machine that the host stands for; empty where that was
///   not asked, or could not be told
public record RolePlace(
    String backend,
    Optional<String> host,
    Optional<String> directory,
    Optional<String> launcher,
    Optional<String> configFile,
    Optional<String> destination) {

  /// The same place, with the account and the machine that its host stands for, as `ssh -G` says.
  /// Blocks for ten seconds at most.
  public static RolePlace resolved(Role role) {
    RolePlace place = of(role);
    Optional<SshSettings> ssh = role.sandbox().ssh().filter(_ -> place.host().isPresent());
    return ssh.isEmpty() ? place : place.with(destination(ssh.get()));
  }

  private static Optional<String> destination(SshSettings ssh) {
    try {
      return Optional.of(SshDestination.of(RoleSandbox.target(ssh)).toString());
    } catch (TransportException unusable) {
      return Optional.empty();
    }
  }

  private RolePlace with(Optional<String> other) {
    return new RolePlace(backend, host, directory, launcher, configFile, other);
  }

  /// Whether another is the same place. What this one does not know its host stands for, because it
  /// was stored by an earlier version, does not count.
  public boolean isSameAs(RolePlace other) {
    return destination.isEmpty() ? equals(other.with(destination)) : equals(other);
  }

  /// The place of this role. Nothing is looked at but the role.
  public static RolePlace of(Role role) {
    SandboxSettings settings = role.sandbox();
    Optional<SshSettings> ssh =
        settings.ssh().filter(_ -> settings.backend() == SandboxSettings.Backend.SSH);
    return new RolePlace(
        word(settings.backend()),
        ssh.map(SshSettings::host),
        ssh.map(SshSettings::remoteCwd)
            .orElseGet(() -> Optional.of(RoleContainment.directoryOf(role))),
        ssh.map(each -> word(each.launcher())),
        ssh.flatMap(SshSettings::configFile).map(Object::toString),
        Optional.empty());
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /// What there is of it, for programs: `backend`, `host`, `directory`, `launcher`, `config_file`,
  /// `destination`.
  public SequencedMap<String, String> fields() {
    SequencedMap<String, String> fields = new LinkedHashMap<>();
    fields.put("backend", backend);
    host.ifPresent(text -> fields.put("host", text));
    directory.ifPresent(text -> fields.put("directory", text));
    launcher.ifPresent(text -> fields.put("launcher", text));
    configFile.ifPresent(text -> fields.put("config_file", text));
    destination.ifPresent(text -> fields.put("destination", text));
    return fields;
  }

  /// On one line, for a person.
  public String description() {
    return host.orElse("this machine")
        + " (backend "
        + backend
        + launcher.map(name -> ", launcher " + name).orElse("")
        + configFile.map(file -> ", config_file " + file).orElse("")
        + "), in "
        + directory.orElse("the login directory")
        + destination.map(text -> ", which is " + text).orElse("");
  }
}

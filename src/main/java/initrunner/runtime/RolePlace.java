package initrunner.runtime;

import initrunner.role.Role;
import initrunner.role.SandboxSettings;
import initrunner.role.SshSettings;
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
public record RolePlace(
    String backend,
    Optional<String> host,
    Optional<String> directory,
    Optional<String> launcher,
    Optional<String> configFile) {

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
        ssh.flatMap(SshSettings::configFile).map(Object::toString));
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /// What there is of it, for programs: `backend`, `host`, `directory`, `launcher`, `config_file`.
  public SequencedMap<String, String> fields() {
    SequencedMap<String, String> fields = new LinkedHashMap<>();
    fields.put("backend", backend);
    host.ifPresent(text -> fields.put("host", text));
    directory.ifPresent(text -> fields.put("directory", text));
    launcher.ifPresent(text -> fields.put("launcher", text));
    configFile.ifPresent(text -> fields.put("config_file", text));
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
        + directory.orElse("the login directory");
  }
}

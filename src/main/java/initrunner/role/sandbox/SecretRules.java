package initrunner.role.sandbox;

import initrunner.role.sandbox.SandboxSettings.Backend;
import initrunner.role.sandbox.SshSettings.Launcher;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Values;
import initrunner.schema.yaml.YamlValue;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Which variables no secret may be where commands are contained: a secret stands in the
/// environment of what starts its command, and these would steer that, outside of what contains the
/// command.
final class SecretRules {

  /// A proxy's address may hold a password, and a command has the name from nowhere else.
  private static final String PROXY = "_proxy";

  private static final Pattern OBEYED =
      Pattern.compile(
          "PATH|HOME|TMPDIR|ENV|BASH_ENV|SHELLOPTS|BASHOPTS|IFS|PS4|CDPATH|GLIBC_TUNABLES"
              + "|GCONV_PATH|LOCPATH|NLSPATH|NOTIFY_SOCKET|LISTEN_[A-Z]+|GODEBUG|GOTRACEBACK"
              + "|DBUS_SESSION_BUS_ADDRESS|REGISTRY_AUTH_FILE|STORAGE_[A-Z_]+|_?CONTAINERS?_\\w+"
              + "|(LD|DOCKER|BUILDKIT|BUILDAH|PODMAN|XDG|SSL|SSH)_\\w+"
              + "|(SLURM|SLURMD|SRUN|SQUEUE|SCANCEL|MUNGE|PMI|PMIX)_\\w+");

  private SecretRules() {}

  static void check(Values sandbox, Decoding decoding) {
    if (!contains(sandbox)) {
      return;
    }
    List<YamlValue> names =
        sandbox.written(SandboxSettings.SECRET_ENV).map(YamlValue::items).orElse(List.of());
    for (YamlValue name : names) {
      if (isObeyed(name.raw())) {
        decoding.fault(
            name.node(),
            name.path(),
            name.raw()
                + " would steer what starts the sandbox, before any command; write another name, "
                + "and have the command set this variable from that one");
      }
    }
  }

  private static boolean isObeyed(String name) {
    return OBEYED.matcher(name).matches() && !name.toLowerCase(Locale.ROOT).endsWith(PROXY);
  }

  private static boolean contains(Values sandbox) {
    Optional<Backend> backend = sandbox.find(SandboxSettings.BACKEND);
    return backend
        .map(kind ->
            switch (kind) {
              case NONE -> false;
              case BWRAP, DOCKER, AUTO -> true;
              case SSH -> SshRules.launcher(sandbox) != Launcher.NONE;
            })
        .orElse(false);
  }
}

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

/// Refuses names in `secret_env` of a role with a sandbox: the programs that start the sandbox have
/// the secrets in their environment, and would obey variables of these names.
final class SecretRules {

  /// Allowed: a proxy's address may hold a password, and commands get it only here.
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
                + " would steer the programs that start the sandbox; write another name, and"
                + " let the command set this variable from that one");
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

package initrunner.launch;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// Variables that the programs which start a command obey: a shell, the dynamic linker, the client
/// of an engine or a cluster. With them a caller could choose another engine, or run another
/// program outside of the sandbox. Stateless.
public final class ObeyedVariables {

  private static final Pattern NAMES =
      Pattern.compile(
          "PATH|HOME|TMPDIR|ENV|BASH_ENV|SHELLOPTS|BASHOPTS|IFS|PS4|CDPATH|GLIBC_TUNABLES"
              + "|GCONV_PATH|LOCPATH|NLSPATH|NOTIFY_SOCKET|LISTEN_[A-Z]+|GODEBUG|GOTRACEBACK"
              + "|DBUS_SESSION_BUS_ADDRESS|REGISTRY_AUTH_FILE|STORAGE_[A-Z_]+|_?CONTAINERS?_\\w+"
              + "|(LD|DOCKER|BUILDKIT|BUILDAH|PODMAN|XDG|SSL|SSH)_\\w+|(?i:[a-z]+_proxy)"
              + "|(SLURM|SLURMD|SRUN|SQUEUE|SCANCEL|MUNGE|PMI|PMIX)_\\w+");

  private ObeyedVariables() {}

  public static boolean isObeyed(String name) {
    return NAMES.matcher(name).matches();
  }

  /// The obeyed ones, in the same order.
  public static Map<String, String> of(Map<String, String> environment) {
    return some(environment, true);
  }

  /// All the others, in the same order.
  public static Map<String, String> without(Map<String, String> environment) {
    return some(environment, false);
  }

  private static Map<String, String> some(Map<String, String> environment, boolean obeyed) {
    Map<String, String> some = new LinkedHashMap<>();
    environment.forEach((name, value) -> {
      if (isObeyed(name) == obeyed) {
        some.put(name, value);
      }
    });
    return some;
  }
}

package initrunner.runtime;

import initrunner.exec.SecretEnvironment;
import initrunner.launch.LauncherUnavailableException;
import initrunner.role.Role;
import initrunner.role.Security.SensitiveNames;
import initrunner.text.SecretValues;
import initrunner.tool.policy.EnvironmentFilter;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The variables that commands get. Immutable.
///
/// @param filter keeps out variables with the names of secrets
/// @param secrets passed to every command all the same, as the role asks
/// @param keys the models' keys that are set: no command gets them, and no output shows them
public record Variables(
    EnvironmentFilter filter, SecretEnvironment secrets, SecretEnvironment keys) {

  /// The default filter, and no secrets.
  static final Variables DEFAULT =
      new Variables(EnvironmentFilter.DEFAULT, SecretEnvironment.none(), SecretEnvironment.none());

  /// @param environment the source of the role's secrets
  /// @throws LauncherUnavailableException if one of them is not set
  static Variables of(Role role, Map<String, String> environment) {
    EnvironmentFilter filter = filter(role.security().sensitiveNames());
    // Headers also take values that are not secret; the variable's name tells which are.
    List<String> keys =
        Stream.concat(
                role.keyVariables().stream(),
                role.model().stream()
                    .flatMap(model -> model.additions().variables().stream())
                    .filter(filter::isSensitive))
            .distinct()
            .toList();
    return new Variables(
        filter.dropping(keys),
        secrets(role.sandbox().secretEnv(), environment),
        SecretEnvironment.of(
            keys.stream()
                .filter(name -> !environment.getOrDefault(name, "").isEmpty())
                .collect(Collectors.toMap(Function.identity(), environment::get))));
  }

  /// The same with other secrets for commands.
  Variables with(SecretEnvironment others) {
    return new Variables(filter, others, keys);
  }

  /// The values that no text for a model or a person may show.
  SecretValues hidden() {
    return hidden(List.of(this));
  }

  /// The values of all of several sandboxes: files and arguments bring those of one to another.
  static SecretValues hidden(Collection<Variables> all) {
    return new SecretValues(
        all.stream()
            .flatMap(each -> Stream.of(each.secrets, each.keys))
            .flatMap(each -> each.values().values().stream())
            .distinct()
            .toList());
  }

  private static EnvironmentFilter filter(SensitiveNames names) {
    return new EnvironmentFilter(
        names.prefixes().orElse(EnvironmentFilter.PREFIXES),
        names.suffixes().orElse(EnvironmentFilter.SUFFIXES),
        names.allowed().orElse(List.copyOf(EnvironmentFilter.ALLOWED)));
  }

  private static SecretEnvironment secrets(List<String> names, Map<String, String> environment) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String name : names) {
      String value = environment.get(name);
      if (value == null) {
        throw new LauncherUnavailableException(
            "security.sandbox.secret_env names " + name + ", which is not set",
            "Set it where initrunner is started, as in: export "
                + name
                + "=…; or take it out of the role.");
      }
      values.put(name, value);
    }
    return SecretEnvironment.of(values);
  }
}

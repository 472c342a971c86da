package initrunner.role.file;

import initrunner.schema.ConfigException;
import initrunner.schema.ConfigFault;
import initrunner.schema.Environment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The variables that a role's `${NAME}` and its keys come from: this process's own, then those of
/// `.env` beside the role, then those of `.env` in the user's directory of this product. The first
/// that has a name wins, so a file never overrides the environment. Immutable. Values are never
/// shown.
///
/// @param values by name
/// @param files the files of the variables that this process does not have itself
public record RoleEnvironment(Map<String, String> values, Map<String, Path> files)
    implements Environment {

  static final String FILE = ".env";

  public RoleEnvironment {
    values = Map.copyOf(values);
    files = Map.copyOf(files);
  }

  /// The variables of a process alone.
  public static RoleEnvironment ofProcess(Map<String, String> process) {
    return new RoleEnvironment(process, Map.of());
  }

  /// The variables of a role. Reads the files each time; blocks on the file system only.
  ///
  /// @param role the role's file; it need not exist
  /// @param home the user's directory of this product
  /// @param process the variables of this process
  /// @throws ConfigException with every line of a `.env` file that cannot be read, by its number
  public static RoleEnvironment of(Path role, Path home, Map<String, String> process) {
    List<ConfigFault> faults = new ArrayList<>();
    Path beside = role.toAbsolutePath().resolveSibling(FILE);
    Path own = home.toAbsolutePath().resolve(FILE);
    Map<Path, Map<String, String>> read = new LinkedHashMap<>();
    if (!own.normalize().equals(beside.normalize())) {
      read.put(own, DotEnv.read(own, faults));
    }
    read.put(beside, DotEnv.read(beside, faults));
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
    Map<String, String> values = new HashMap<>();
    Map<String, Path> files = new HashMap<>();
    read.forEach((file, set) -> {
      values.putAll(set);
      set.keySet().forEach(name -> files.put(name, file));
    });
    values.putAll(process);
    files.keySet().removeAll(process.keySet());
    return new RoleEnvironment(values, files);
  }

  @Override
  public Optional<String> value(String name) {
    return Optional.ofNullable(values.get(name)).filter(value -> !value.isBlank());
  }

  @Override
  public Optional<Path> fileOf(String name) {
    return Optional.ofNullable(files.get(name)).filter(_ -> value(name).isPresent());
  }

  /// The names alone.
  @Override
  public String toString() {
    return "RoleEnvironment" + values.keySet();
  }
}

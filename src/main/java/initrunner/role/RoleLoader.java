package initrunner.role;

import initrunner.role.file.RoleEnvironment;
import initrunner.role.file.RoleFile;
import initrunner.schema.ConfigException;
import initrunner.schema.ConfigFault;
import initrunner.schema.type.Decoding;
import initrunner.schema.yaml.YamlTree;
import initrunner.schema.yaml.YamlValue;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads role files. Stateless, so any thread may use it. Reads the file and checks that the files
/// it names exist; connects to nothing.
public final class RoleLoader {

  private RoleLoader() {}

  /// Loads one role to show it: `${NAME}` is not replaced, and rules about its value do not apply.
  /// Blocks on the file system only.
  ///
  /// @param file at most 1 MiB of UTF-8
  /// @return the role, every default filled in; its [Role#file()] is absolute
  /// @throws ConfigException with every fault of the file, in the file's order. A file that cannot
  ///   be read, or is no YAML, has one fault
  public static Role load(Path file) {
    return load(file, home(), Optional.empty());
  }

  /// Loads one role to run it: as [#load(Path)], with each `${NAME}` replaced.
  ///
  /// @param environment see [RoleEnvironment]
  /// @throws ConfigException also where a variable is not set
  public static Role load(Path file, RoleEnvironment environment) {
    return load(file, home(), Optional.of(environment));
  }

  /// The same with the variables of a process alone.
  public static Role load(Path file, Map<String, String> process) {
    return load(file, RoleEnvironment.ofProcess(process));
  }

  /// The same from a file that was read before.
  public static Role load(RoleFile file, RoleEnvironment environment) {
    return load(file, home(), Optional.of(environment));
  }

  private static Path home() {
    return Path.of(System.getProperty("user.home", "/"));
  }

  /// The same for a user with another home directory.
  ///
  /// @param home what `~/` stands for
  public static Role load(Path file, Path home, Optional<RoleEnvironment> environment) {
    return load(RoleFile.read(file), home, environment);
  }

  private static Role load(RoleFile read, Path home, Optional<RoleEnvironment> environment) {
    Path file = read.path();
    YamlValue yaml = YamlTree.of(file, read.text()).orElseThrow(() -> empty(file));
    Optional<YamlValue> otherKind = RoleForm.otherKind(yaml);
    RoleForm form = RoleForm.of(yaml);
    Decoding decoding =
        new Decoding(file, home, form::places, environment.map(variables -> variables));
    if (otherKind.isPresent()) {
      YamlValue kind = otherKind.get();
      decoding.refuse(
          kind, "is another kind of document", "Agent", "this version runs single agents");
      throw new ConfigException(decoding.faultsInFileOrder());
    }
    Optional<RoleForm.Content> content = form.root().decode(yaml, decoding);
    return content
        .map(found -> found.role(file.toAbsolutePath(), decoding.notes()))
        .orElseThrow(() -> new ConfigException(decoding.faultsInFileOrder()));
  }

  private static ConfigException empty(Path file) {
    return new ConfigException(
        List.of(new ConfigFault(file, 0, 0, "", "is empty; begin with apiVersion: initrunner/v1")));
  }
}

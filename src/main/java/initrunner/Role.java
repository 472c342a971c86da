package initrunner;

import initrunner.exec.RemedyException;
import initrunner.run.RoleSource;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/// A role: which model, tools and sandbox an agent has, as one YAML file says. Read and checked.
/// Immutable.
public final class Role {

  private final RoleSource source;
  private final Map<String, String> process;

  private Role(RoleSource source, Map<String, String> process) {
    this.source = source;
    this.process = process;
  }

  /// Reads a role's file, and the `.env` files that belong to it. Blocks on the file system only.
  ///
  /// @param path of the file, or of the directory that holds it as `role.yaml` or `agent.yaml`
  /// @throws RemedyException if the role cannot be used; the message has a line for each fault,
  ///   with file, line and column
  public static Role load(Path path) {
    return load(path, System.getenv());
  }

  /// The same with other variables than this process has.
  ///
  /// @param environment where `${NAME}`, keys, `secret_env`, `INITRUNNER_HOME` and
  ///   `INITRUNNER_AUDIT_DB` are looked up
  public static Role load(Path path, Map<String, String> environment) {
    Objects.requireNonNull(path, "Role.load: path is null");
    Objects.requireNonNull(environment, "Role.load: environment is null");
    Map<String, String> process = Map.copyOf(environment);
    return new Role(RoleSource.of(path, process), process);
  }

  static Role of(RoleSource source, Map<String, String> process) {
    return new Role(source, process);
  }

  /// The role's own name (`metadata.name`).
  public String name() {
    return source.role().metadata().name();
  }

  RoleSource source() {
    return source;
  }

  /// The variables of the process, and none of a file.
  Map<String, String> process() {
    return process;
  }
}

package initrunner.audit;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Where the record is. Immutable.
///
/// @param home the user's directory of this product: `INITRUNNER_HOME`, else
///   `XDG_DATA_HOME/initrunner` if that variable is set, else `~/.initrunner`
/// @param database `audit.db` in it, unless `INITRUNNER_AUDIT_DB` or a command says otherwise
public record AuditLocation(Path home, Path database) {

  /// The place that this environment and this option name.
  ///
  /// @param environment the process's variables; an empty one counts as unset
  /// @param option the path given to a command (`--audit-db`), which wins over all else
  public static AuditLocation of(Map<String, String> environment, Optional<Path> option) {
    Path userHome = Path.of(variable(environment, "HOME").orElse(System.getProperty("user.home")));
    Path home =
        variable(environment, "INITRUNNER_HOME")
            .map(text -> absolute(userHome, Path.of(text)))
            .or(() ->
                variable(environment, "XDG_DATA_HOME")
                    .map(Path::of)
                    // The XDG specification wants a relative one ignored.
                    .filter(Path::isAbsolute)
                    .map(data -> data.resolve("initrunner")))
            .orElseGet(() -> userHome.resolve(".initrunner"));
    Path database =
        option
            .or(() -> variable(environment, "INITRUNNER_AUDIT_DB").map(Path::of))
            .map(path -> absolute(userHome, path))
            .orElseGet(() -> home.resolve("audit.db"));
    return new AuditLocation(home, database);
  }

  private static Optional<String> variable(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  /// A leading `~/` is expanded here too: shells leave it alone in `--audit-db=~/audit.db`.
  private static Path absolute(Path userHome, Path path) {
    Path expanded = path.startsWith("~") ? userHome.resolve(Path.of("~").relativize(path)) : path;
    return expanded.toAbsolutePath();
  }
}

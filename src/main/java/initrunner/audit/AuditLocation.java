package initrunner.audit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Where the audit log is. Immutable.
///
/// @param home the user's directory of this product: `INITRUNNER_HOME`, else
///   `XDG_DATA_HOME/initrunner` if that variable is set, else `~/.initrunner`
/// @param database `audit.db` in it, unless `INITRUNNER_AUDIT_DB` or a command says otherwise;
///   `audit-jvm.db` where that one is the Python InitRunner's
public record AuditLocation(Path home, Path database) {

  private static final String DATABASE = "audit.db";
  private static final String BESIDE_PYTHON = "audit-jvm.db";

  /// The location that this environment and this option name. Reads the database at the default
  /// location if it may be the Python InitRunner's; blocks for that.
  ///
  /// @param environment the process's variables; an empty one counts as unset
  /// @param option the path given to a command (`--audit-db`), which wins over all else
  public static AuditLocation of(Map<String, String> environment, Optional<Path> option) {
    Path home = home(environment);
    return new AuditLocation(
        home,
        named(environment, option)
            .orElseGet(() -> home.resolve(isOfPython(home) ? BESIDE_PYTHON : DATABASE)));
  }

  /// The user's directory of this product.
  public static Path home(Map<String, String> environment) {
    Path userHome = userHome(environment);
    return variable(environment, "INITRUNNER_HOME")
        .map(text -> absolute(userHome, Path.of(text)))
        .or(() ->
            variable(environment, "XDG_DATA_HOME")
                .map(Path::of)
                // The XDG specification wants a relative one ignored.
                .filter(Path::isAbsolute)
                .map(data -> data.resolve("initrunner")))
        .orElseGet(() -> userHome.resolve(".initrunner"));
  }

  /// The databases to read: that of [#of], and without a named one, each that is or was at one of
  /// the two default locations. At least one, which may be missing.
  public static List<Path> toRead(Map<String, String> environment, Optional<Path> option) {
    AuditLocation location = of(environment, option);
    if (named(environment, option).isPresent()) {
      return List.of(location.database());
    }
    // Those that exist come first; one that is known and missing is reported by its reader.
    List<Path> databases =
        Stream.of(
                location.database(),
                location.home().resolve(DATABASE),
                location.home().resolve(BESIDE_PYTHON))
            .distinct()
            .filter(database -> Files.exists(database) || isKnown(database))
            .sorted(Comparator.comparing(Files::notExists))
            .toList();
    return databases.isEmpty() ? List.of(location.database()) : databases;
  }

  private static boolean isKnown(Path database) {
    return EndsFile.isKnown(ChainKey.beside(database), database);
  }

  private static Optional<Path> named(Map<String, String> environment, Optional<Path> option) {
    return option
        .or(() -> variable(environment, "INITRUNNER_AUDIT_DB").map(Path::of))
        .map(path -> absolute(userHome(environment), path));
  }

  private static Path userHome(Map<String, String> environment) {
    return variable(environment, "HOME")
        .map(Path::of)
        .filter(Path::isAbsolute)
        .orElseGet(() -> Path.of(System.getProperty("user.home")));
  }

  private static boolean isOfPython(Path home) {
    Path usual = home.resolve(DATABASE);
    return Files.exists(usual) && !isKnown(usual) && TakeOver.isOfPython(usual);
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

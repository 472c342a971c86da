package initrunner.role;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/// The reading of one file: what its relative paths are relative to, and the faults found so far.
/// Used by one thread.
final class Decoding {

  private static final int MOST_CHARACTERS_OF_VARIABLES = 1 << 20;

  private final Path file;
  private final Path home;
  private final Supplier<Map<String, List<String>>> allPlaces;
  private final Optional<RoleEnvironment> environment;
  private Optional<Map<String, List<String>>> places = Optional.empty();
  private final List<RoleFault> faults = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private int charactersOfVariables;

  /// @param file as the user named it, so that the faults do the same
  /// @param home what a leading `~/` stands for
  /// @param allPlaces every path at which the role format has a key of that name; asked only where
  ///   one stands at a place that is not its own
  /// @param environment where variables are looked up; empty leaves them as they are written
  Decoding(
      Path file,
      Path home,
      Supplier<Map<String, List<String>>> allPlaces,
      Optional<RoleEnvironment> environment) {
    this.file = file;
    this.home = home;
    this.allPlaces = allPlaces;
    this.environment = environment;
  }

  /// One whose faults nobody reads.
  static Decoding unheard() {
    return new Decoding(Path.of(""), Path.of(""), Map::of, Optional.empty());
  }

  /// The same, whose faults are not this one's.
  Decoding apart() {
    return new Decoding(file, home, allPlaces, environment);
  }

  Optional<RoleEnvironment> environment() {
    return environment;
  }

  /// Whether a variable's value may stand in one more place: a short role may name a long one
  /// often.
  boolean mayAdd(String value) {
    if (value.length() > MOST_CHARACTERS_OF_VARIABLES - charactersOfVariables) {
      return false;
    }
    charactersOfVariables += value.length();
    return true;
  }

  List<String> placesOf(String key) {
    if (places.isEmpty()) {
      places = Optional.of(allPlaces.get());
    }
    return places.get().getOrDefault(key, List.of());
  }

  /// A path of the role as a path of this machine.
  Path resolve(String path) {
    Path expanded = path.startsWith("~/") ? home.resolve(path.substring(2)) : Path.of(path);
    return file.toAbsolutePath().resolveSibling(expanded).normalize();
  }

  /// A value that may not be so: what is wrong with it, the value, what is allowed, the next step.
  ///
  /// @param next blank to point to the field's example
  void refuse(Spot spot, String what, String allowed, String next) {
    StringBuilder message = new StringBuilder(what);
    if (spot.kind().isScalar() && spot.kind() != Kind.EMPTY) {
      message.append(", got ").append(spot.shown());
    }
    message.append(", allowed is ").append(allowed);
    String step =
        next.isBlank() && !spot.example().isBlank()
            ? "write for example " + spot.key() + ": " + spot.example()
            : next;
    if (!step.isBlank()) {
      message.append("; ").append(step);
    }
    fault(spot.at(), spot.path(), message.toString());
  }

  /// A value of another kind than the field's.
  void refuseKind(Spot spot, String allowed, String next) {
    String step = spot.kind() == Kind.EMPTY ? "write a value or remove the key" : next;
    refuse(spot, spot.kind().phrase(), allowed, step);
  }

  void fault(Node at, String path, String message) {
    Mark mark = mark(at);
    faults.add(new RoleFault(file, mark.getLine() + 1, mark.getColumn() + 1, path, message));
  }

  /// A key that has no effect.
  void note(String path) {
    notes.add(path);
  }

  /// The keys that have no effect, in the file's order.
  List<String> notes() {
    return List.copyOf(notes);
  }

  int faultCount() {
    return faults.size();
  }

  List<RoleFault> faultsInFileOrder() {
    return faults.stream()
        .sorted(Comparator.comparingInt(RoleFault::line).thenComparingInt(RoleFault::column))
        .toList();
  }

  static int line(Node node) {
    return mark(node).getLine() + 1;
  }

  private static Mark mark(Node node) {
    return node.getStartMark().orElseThrow();
  }
}

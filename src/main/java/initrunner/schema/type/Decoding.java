package initrunner.schema.type;

import initrunner.schema.Environment;
import initrunner.schema.yaml.Faults;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// The reading of one file: what its relative paths are relative to, and the faults found so far.
/// Used by one thread.
public final class Decoding extends Faults {

  private static final int MOST_CHARACTERS_OF_VARIABLES = 1 << 20;

  private final Path home;
  private final Supplier<Map<String, List<String>>> allPlaces;
  private final Optional<Environment> environment;
  private Optional<Map<String, List<String>>> places = Optional.empty();
  private final List<String> notes = new ArrayList<>();
  private int charactersOfVariables;

  /// @param file as the user named it, so that the faults do the same
  /// @param home what a leading `~/` stands for
  /// @param allPlaces every path at which the format has a key of that name; asked only where one
  ///   stands at a place that is not its own
  /// @param environment where variables are looked up; empty leaves them as they are written
  public Decoding(
      Path file,
      Path home,
      Supplier<Map<String, List<String>>> allPlaces,
      Optional<Environment> environment) {
    super(file);
    this.home = home;
    this.allPlaces = allPlaces;
    this.environment = environment;
  }

  /// The same, whose faults are not this one's.
  public Decoding apart() {
    return new Decoding(file(), home, allPlaces, environment);
  }

  /// Where variables are looked up; empty where they stay as they are written.
  public Optional<Environment> environment() {
    return environment;
  }

  /// Whether a variable's value may stand in one more place: a short file may name a long one
  /// often.
  public boolean mayAdd(String value) {
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

  /// A path of the file as a path of this machine.
  public Path resolve(String path) {
    Path expanded = path.startsWith("~/") ? home.resolve(path.substring(2)) : Path.of(path);
    return file().toAbsolutePath().resolveSibling(expanded).normalize();
  }

  /// A key that has no effect.
  void note(String path) {
    notes.add(path);
  }

  /// The keys that have no effect, in the file's order.
  public List<String> notes() {
    return List.copyOf(notes);
  }
}

package initrunner.schema.type;

import initrunner.schema.Environment;
import initrunner.schema.yaml.Faults;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// The decoding of one file: its faults, its variables, and the base of its relative paths. Used by
/// one thread.
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
  /// @param allPlaces the paths of each key of the format; computed only for a misplaced key
  /// @param environment the source of variables; empty to keep `${NAME}`
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

  /// The same with faults of its own.
  public Decoding apart() {
    return new Decoding(file(), home, allPlaces, environment);
  }

  /// The source of variables; empty if `${NAME}` stays.
  public Optional<Environment> environment() {
    return environment;
  }

  /// Counts a variable's value, and says whether it still fits: a short file may name a long value
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

  /// Notes a key without effect.
  void note(String path) {
    notes.add(path);
  }

  /// The keys without effect, in the file's order.
  public List<String> notes() {
    return List.copyOf(notes);
  }
}

package initrunner.tool;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Something a model may ask for. A tool decides what to run, and says how the outcome reads; it
/// cannot know where that runs. Implementations are immutable and safe for many threads; nothing in
/// them blocks.
public interface Tool {

  /// The name the model calls, as `run_shell`.
  String name();

  /// The kind of tool as a role's `type` names it, as `shell`.
  String type();

  /// What it does, for the model.
  String description();

  /// What it takes, in the order in which the model sees it.
  List<Parameter> parameters();

  /// Whether it runs commands where the role's commands run.
  default boolean actsAtPlace() {
    return true;
  }

  /// How many characters a text argument may have. A longer one is refused before any rule is
  /// compared with it.
  default int mostCharacters(String parameter) {
    return 4 * 1024 * 1024;
  }

  /// Other names under which models and rules may know a parameter, each with its own name.
  default Map<String, String> otherNames() {
    return Map.of();
  }

  /// The same arguments under the parameters' own names. One that is given under both names stays,
  /// and so is not known.
  default Map<String, Object> underOwnNames(Map<String, Object> arguments) {
    Map<String, Object> own = new LinkedHashMap<>(arguments);
    otherNames()
        .forEach((other, name) -> {
          if (own.containsKey(other) && !own.containsKey(name)) {
            own.put(name, own.remove(other));
          }
        });
    return own;
  }

  /// Decides, before anything starts, what these arguments run, or why they may not.
  ///
  /// @param arguments the model's JSON object: strings, numbers, booleans, lists and maps
  Plan plan(Map<String, Object> arguments);

  /// Other ways of writing the same arguments, where a tool takes several: what a rule denies is
  /// denied in all of them.
  default List<Map<String, Object>> otherWaysOfWriting(Map<String, Object> arguments) {
    return List.of();
  }

  /// What the arguments come to, where they can be written in a roundabout way: what a rule allows
  /// is allowed only where rules allow each of these too.
  default List<Map<String, Object>> plainWaysOfWriting(Map<String, Object> arguments) {
    return List.of();
  }

  /// One parameter.
  record Parameter(String name, Kind kind, String description, boolean required) {

    /// The JSON type.
    public enum Kind {
      STRING,
      INTEGER,
      BOOLEAN
    }
  }
}

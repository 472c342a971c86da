package initrunner.tool;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A function that a model can call. A tool decides what to run and describes the outcome to the
/// model; it does not know the host. Implementations are immutable and safe for many threads; no
/// method blocks.
public interface Tool {

  /// The name that the model calls, such as `run_shell`.
  String name();

  /// The `type` in a role, such as `shell`.
  String type();

  /// The description for the model.
  String description();

  /// The parameters in the order in which the model sees them.
  List<Parameter> parameters();

  /// Whether it runs commands in the role's sandbox.
  default boolean runsCommands() {
    return true;
  }

  /// Whether it changes nothing, with every argument.
  default boolean isReadOnly() {
    return false;
  }

  /// The most characters of a text argument. A longer one is refused before a rule is compared with
  /// it.
  default int mostCharacters(String parameter) {
    return 4 * 1024 * 1024;
  }

  /// Aliases that models and rules may use for a parameter, each with the parameter's name.
  default Map<String, String> otherNames() {
    return Map.of();
  }

  /// The same arguments under the parameters' names. If an argument is given under both names, the
  /// alias stays, and the call is refused as having an unknown argument.
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

  /// Decides what these arguments run, or why they may not. Starts nothing.
  ///
  /// @param arguments the model's JSON object: strings, numbers, booleans, lists and maps
  Plan plan(Map<String, Object> arguments);

  /// Other spellings of the same arguments: a rule that denies one of them denies the call.
  default List<Map<String, Object>> otherWaysOfWriting(Map<String, Object> arguments) {
    return List.of();
  }

  /// The plain spellings of arguments that can be written in a roundabout way: rules must allow
  /// each of these, too.
  default List<Map<String, Object>> plainWaysOfWriting(Map<String, Object> arguments) {
    return List.of();
  }

  /// A parameter.
  ///
  /// @param allowed the values; empty for any of the kind
  record Parameter(
      String name, Kind kind, String description, boolean required, List<String> allowed) {

    public Parameter {
      allowed = List.copyOf(allowed);
    }

    /// One that takes any value of its kind.
    public Parameter(String name, Kind kind, String description, boolean required) {
      this(name, kind, description, required, List.of());
    }

    /// The JSON type.
    public enum Kind {
      STRING,
      INTEGER,
      BOOLEAN
    }

    /// A text that the model must give.
    public static Parameter required(String name, String description) {
      return new Parameter(name, Kind.STRING, description, true);
    }

    /// A text that the model may give.
    public static Parameter optional(String name, String description) {
      return new Parameter(name, Kind.STRING, description, false);
    }

    /// A whole number that the model may give.
    public static Parameter number(String name, String description) {
      return new Parameter(name, Kind.INTEGER, description, false);
    }

    /// A truth value that the model may give.
    public static Parameter flag(String name, String description) {
      return new Parameter(name, Kind.BOOLEAN, description, false);
    }
  }
}

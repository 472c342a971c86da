package initrunner.runtime.gate;

import initrunner.text.Nearest;
import initrunner.text.UnicodeText;
import initrunner.tool.Tool;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Checks a model's call against the tools: their names, and the names and types of their
/// arguments.
public final class ArgumentCheck {

  /// Bounds how many unknown arguments the text names.
  private static final int MOST_UNKNOWN = 100;

  private ArgumentCheck() {}

  /// All faults of the arguments, in one text for the model; empty if there are none. Values are
  /// not repeated.
  public static Optional<String> fault(Tool tool, Map<String, Object> arguments) {
    int most = tool.parameters().size() + MOST_UNKNOWN;
    if (arguments.size() > most) {
      return Optional.of("Error: more than " + most + " arguments of " + tool.name() + ".");
    }
    List<String> faults = new ArrayList<>();
    for (Tool.Parameter parameter : tool.parameters()) {
      String name = "'" + parameter.name() + "'";
      String type = typeOf(parameter.kind());
      int longest = tool.mostCharacters(parameter.name());
      Object value = arguments.get(parameter.name());
      if (value == null && parameter.required()) {
        faults.add(name + " is missing (" + type + ")");
      }
      if (value != null && !isOf(parameter.kind(), value)) {
        faults.add(name + " must be " + type);
      }
      if (value instanceof String text && text.length() > longest) {
        faults.add(name + " has more than " + longest + " characters");
      }
      if (value instanceof String text && !UnicodeText.isWellFormed(text)) {
        faults.add(name + " holds half of a surrogate pair");
      }
    }
    List<String> known = tool.parameters().stream().map(Tool.Parameter::name).toList();
    arguments.keySet().stream()
        .filter(name -> !known.contains(name))
        .forEach(name -> faults.add("'" + name + "' is not known" + didYouMean(name, known)));
    return faults.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Error: arguments of " + tool.name() + ": " + String.join("; ", faults) + ".");
  }

  /// The text for a call of a tool that does not exist.
  public static String unknownTool(String name, List<Tool> tools) {
    List<String> names = tools.stream().map(Tool::name).toList();
    return "Error: there is no tool '"
        + name
        + "'"
        + didYouMean(name, names)
        + (names.isEmpty()
            ? ". This agent has no tools."
            : names.stream().collect(Collectors.joining(", ", ". The tools are: ", ".")));
  }

  private static String didYouMean(String name, Collection<String> known) {
    return Nearest.to(name, known).map(near -> " (did you mean '" + near + "'?)").orElse("");
  }

  private static boolean isOf(Tool.Parameter.Kind kind, Object value) {
    return switch (kind) {
      case STRING -> value instanceof String;
      case INTEGER ->
          value instanceof Number number && number.doubleValue() == Math.rint(number.doubleValue());
      case BOOLEAN -> value instanceof Boolean;
    };
  }

  private static String typeOf(Tool.Parameter.Kind kind) {
    return switch (kind) {
      case STRING -> "a string";
      case INTEGER -> "a whole number";
      case BOOLEAN -> "true or false";
    };
  }
}

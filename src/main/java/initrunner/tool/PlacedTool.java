package initrunner.tool;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A tool of several sandboxes as a model sees it: each call names one of them, and the tool there
/// plans the call. Immutable.
///
/// @param tool in the first of them
/// @param sandboxes their names
/// @param isDefaultThere whether a call that names none is for the first one
public record PlacedTool(Tool tool, List<String> sandboxes, boolean isDefaultThere)
    implements Tool {

  /// The argument that names one.
  public static final String SANDBOX = "sandbox";

  public PlacedTool {
    sandboxes = List.copyOf(sandboxes);
  }

  /// The arguments for the tool itself.
  public static Map<String, Object> withoutSandbox(Map<String, Object> arguments) {
    Map<String, Object> own = new LinkedHashMap<>(arguments);
    own.remove(SANDBOX);
    return own;
  }

  @Override
  public String name() {
    return tool.name();
  }

  @Override
  public String type() {
    return tool.type();
  }

  @Override
  public String description() {
    return tool.description();
  }

  @Override
  public List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>(tool.parameters());
    all.add(
        new Parameter(
            SANDBOX,
            Parameter.Kind.STRING,
            "Where" + (isDefaultThere ? " (default " + sandboxes.getFirst() + ")" : ""),
            !isDefaultThere,
            sandboxes));
    return all;
  }

  @Override
  public boolean runsCommands() {
    return tool.runsCommands();
  }

  @Override
  public boolean isReadOnly() {
    return tool.isReadOnly();
  }

  @Override
  public int mostCharacters(String parameter) {
    return tool.mostCharacters(parameter);
  }

  @Override
  public Map<String, String> otherNames() {
    return tool.otherNames();
  }

  @Override
  public Plan plan(Map<String, Object> arguments) {
    return tool.plan(withoutSandbox(arguments));
  }
}

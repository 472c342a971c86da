package initrunner.cli.run;

import initrunner.runtime.RoleRuntime;
import initrunner.tool.RunOnTool;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// How the calls of a role's tools are named to a person. Immutable.
final class ShownCalls {

  /// Tools with one function, which the tool's name already tells.
  private static final Set<String> OF_ONE_FUNCTION = Set.of("shell", "python");

  private final Function<ToolCall, String> place;
  private final Map<String, Tool> tools;

  ShownCalls(RoleRuntime runtime) {
    place = runtime::placeOf;
    tools = runtime.tools().stream().collect(Collectors.toMap(Tool::name, Function.identity()));
  }

  /// The tool's type; the call's own name if there is no such tool.
  String type(ToolCall call) {
    return Optional.ofNullable(tools.get(call.tool())).map(Tool::type).orElse(call.tool());
  }

  /// The tool, or its function if the tool has several, and the host if it runs commands there.
  String start(ToolCall call) {
    String type = type(call);
    boolean runsCommands =
        Optional.ofNullable(tools.get(call.tool())).map(Tool::runsCommands).orElse(true);
    return "▸ "
        + (OF_ONE_FUNCTION.contains(type) && !call.tool().equals(RunOnTool.NAME)
            ? type
            : call.tool())
        + (runsCommands ? " on " + place.apply(call) : "")
        + ": ";
  }
}

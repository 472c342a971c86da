package initrunner.door.mcp;

import initrunner.door.jsonrpc.Json;
import initrunner.tool.Tool;
import java.util.List;
import java.util.Locale;

/// Describes tools to a client (MCP, `tools/list`). Stateless.
final class ToolList {

  /// The structure of a result, beside its text.
  private static final Json.Obj OUTPUT_SCHEMA =
      Json.Obj.EMPTY
          .with("type", "object")
          .with(
              "properties",
              Json.Obj.EMPTY
                  .with("text", type("string"))
                  .with("status", type("string"))
                  .with("exit", type("integer"))
                  .with("host", type("string")))
          .with("required", Json.Arr.of(List.of("text", "status", "host")));

  private ToolList() {}

  /// @param host the host's name for a person
  static Json.Arr of(List<Tool> tools, String host, Form form) {
    return new Json.Arr(tools.stream().<Json>map(tool -> one(tool, host, form)).toList());
  }

  /// The same, of which each may be called as a task.
  static Json.Arr mayBeTasks(Json.Arr tools) {
    Json.Obj optional = Json.Obj.EMPTY.with("taskSupport", "optional");
    return new Json.Arr(
        tools.elements().stream()
            .<Json>map(
                tool -> tool instanceof Json.Obj each ? each.with("execution", optional) : tool)
            .toList());
  }

  private static Json.Obj one(Tool tool, String host, Form form) {
    Json.Obj described =
        Json.Obj.EMPTY
            .with("name", tool.name())
            .with("description", description(tool, host))
            .with("inputSchema", schema(tool))
            .with(
                "annotations",
                Json.Obj.EMPTY
                    .with("readOnlyHint", tool.isReadOnly())
                    .with("destructiveHint", !tool.isReadOnly())
                    .with("idempotentHint", tool.isReadOnly())
                    .with("openWorldHint", !tool.isReadOnly()));
    return switch (form) {
      case TEXT -> described;
      case STRUCTURED -> described.with("outputSchema", OUTPUT_SCHEMA);
    };
  }

  private static String description(Tool tool, String host) {
    return tool.runsCommands() ? tool.description() + " Acts on " + host + "." : tool.description();
  }

  private static Json.Obj schema(Tool tool) {
    Json.Obj properties = Json.Obj.EMPTY;
    for (Tool.Parameter parameter : tool.parameters()) {
      Json.Obj type =
          type(parameter.kind().name().toLowerCase(Locale.ROOT))
              .with("description", parameter.description());
      properties =
          properties.with(
              parameter.name(),
              parameter.allowed().isEmpty()
                  ? type
                  : type.with("enum", Json.Arr.of(parameter.allowed())));
    }
    return type("object")
        .with("properties", properties)
        .with(
            "required",
            Json.Arr.of(
                tool.parameters().stream()
                    .filter(Tool.Parameter::required)
                    .map(Tool.Parameter::name)
                    .toList()))
        .with("additionalProperties", false);
  }

  private static Json.Obj type(String name) {
    return Json.Obj.EMPTY.with("type", name);
  }
}

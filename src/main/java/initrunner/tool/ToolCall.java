package initrunner.tool;

import java.util.Map;

/// A model's request for one tool.
///
/// @param id the model's id of the call
public record ToolCall(String id, String tool, Map<String, Object> arguments) {}

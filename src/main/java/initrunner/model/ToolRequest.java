package initrunner.model;

/// One tool call as a model wrote it, unchecked.
///
/// @param id the model's id of the call; its answer carries the same
/// @param arguments usually JSON; a model may write anything
public record ToolRequest(String id, String tool, String arguments) {}

package initrunner.model;

/// One tool call as a model wrote it; nothing about it has been checked.
///
/// @param id the model's id of the call; what answers it carries the same
/// @param arguments JSON, if the model kept to its word
public record ToolRequest(String id, String tool, String arguments) {}

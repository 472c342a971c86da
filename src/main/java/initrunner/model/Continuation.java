package initrunner.model;

/// Data that a server wants back with a turn that asks for tools: the model's reasoning, or its
/// signature. Only the model that gave it gets it.
///
/// @param model as `provider:name`
/// @param content a JSON object of that model's protocol
public record Continuation(String model, String content) {}

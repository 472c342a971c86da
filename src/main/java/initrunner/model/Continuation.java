package initrunner.model;

/// What a server wants back with a turn that asks for tools: how the model came to them, or its
/// signature. Only the model that gave it gets it.
///
/// @param model as `provider:name`
/// @param content a JSON object, in the words of that model's protocol
public record Continuation(String model, String content) {}

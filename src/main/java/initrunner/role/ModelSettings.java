package initrunner.role;

import java.net.URI;
import java.util.Optional;

/// A role's `spec.model`.
///
/// @param baseUrl an OpenAI-compatible server instead of the provider's own
/// @param apiKeyEnv the name of the variable that holds the key, never the key
/// @param maxTokens the most tokens of one answer
public record ModelSettings(
    String provider,
    String name,
    Optional<URI> baseUrl,
    Optional<String> apiKeyEnv,
    double temperature,
    int maxTokens) {}

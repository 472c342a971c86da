package initrunner.agent;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/// What a model said in one go: text, requests for tools, or both.
///
/// @param text empty where it said none
/// @param requests in the model's order
/// @param signature what the provider wants back with this turn; nobody else reads it
public record Turn(
    String text,
    List<ToolRequest> requests,
    Finish finish,
    Usage usage,
    Optional<String> signature) {

  /// Why the model stopped.
  public enum Finish {
    /// It had said what it wanted to.
    COMPLETE,
    /// It reached the most tokens of one answer; the rest is missing.
    LENGTH,
    /// The provider withheld what it wanted to say.
    CONTENT_FILTER
  }

  public Turn {
    requests = List.copyOf(requests);
  }

  /// Without a signature.
  public Turn(String text, List<ToolRequest> requests, Finish finish, Usage usage) {
    this(text, requests, finish, usage, Optional.empty());
  }

  /// The same turn at that cost.
  Turn costing(BigDecimal dollars) {
    return new Turn(text, requests, finish, usage.costing(dollars), signature);
  }
}

package initrunner.model;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a model said in one go: text, requests for tools, or both.
///
/// @param text empty where it said none
/// @param requests in the model's order; each with an id that no other of them has
/// @param continuation what the model's server wants back with this turn; it alone reads it
public record Turn(
    String text,
    List<ToolRequest> requests,
    Finish finish,
    Usage usage,
    Optional<Continuation> continuation) {

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
    requests = withIdsOfTheirOwn(requests);
  }

  /// Not every server, and nobody who writes turns by hand, gives each request another id.
  private static List<ToolRequest> withIdsOfTheirOwn(List<ToolRequest> requests) {
    Set<String> ids = new HashSet<>();
    List<ToolRequest> own = new ArrayList<>();
    for (ToolRequest request : requests) {
      int number = own.size() + 1;
      String id = request.id();
      while (!ids.add(id)) {
        id = request.id() + "-" + number++;
      }
      own.add(new ToolRequest(id, request.tool(), request.arguments()));
    }
    return List.copyOf(own);
  }

  /// Without a continuation.
  public Turn(String text, List<ToolRequest> requests, Finish finish, Usage usage) {
    this(text, requests, finish, usage, Optional.empty());
  }

  /// The same turn at that cost.
  Turn costing(BigDecimal dollars) {
    return new Turn(text, requests, finish, usage.costing(dollars), continuation);
  }
}

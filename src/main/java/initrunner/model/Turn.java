package initrunner.model;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One turn of a model: text, requests for tools, or both.
///
/// @param text empty if the model wrote none
/// @param requests in the model's order; each id is unique in the turn
/// @param continuation data that the model's server wants back with this turn, and only that server
///   reads
public record Turn(
    String text,
    List<ToolRequest> requests,
    Finish finish,
    Usage usage,
    Optional<Continuation> continuation) {

  /// Why the model stopped.
  public enum Finish {
    /// The model had finished.
    COMPLETE,
    /// It reached the token limit of one answer; the rest is missing.
    LENGTH,
    /// The provider withheld the rest.
    CONTENT_FILTER
  }

  public Turn {
    requests = withIdsOfTheirOwn(requests);
  }

  /// Some servers repeat an id, and so do hand-written turns.
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

  /// A turn without a continuation.
  public Turn(String text, List<ToolRequest> requests, Finish finish, Usage usage) {
    this(text, requests, finish, usage, Optional.empty());
  }

  /// This turn with its cost.
  Turn costing(BigDecimal dollars) {
    return new Turn(text, requests, finish, usage.costing(dollars), continuation);
  }
}

package initrunner.model;

import initrunner.tool.ToolResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How the calls of a conversation ended, turn by turn. Immutable.
final class CallEndings {

  private final List<Map<String, ToolResult.Status>> turns = new ArrayList<>();

  CallEndings(List<Message> conversation) {
    for (Message message : conversation) {
      message.said().forEach(_ -> turns.add(new HashMap<>()));
      if (message instanceof Message.ToolAnswer(ToolRequest request, _, var ended)
          && !turns.isEmpty()) {
        ended.ifPresent(status -> turns.getLast().put(request.id(), status));
      }
    }
  }

  /// How a call ended; empty if it has not, or that is not known.
  ///
  /// @param turn its number, from 0
  Optional<ToolResult.Status> of(int turn, ToolRequest request) {
    return turn < turns.size()
        ? Optional.ofNullable(turns.get(turn).get(request.id()))
        : Optional.empty();
  }
}

package initrunner.cli;

import initrunner.agent.Approver;
import initrunner.tool.ToolCall;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The answers that a person gave before a run went on, each good for one call. Safe for many
/// threads.
final class GivenAnswers {

  private final Map<String, Approver.Answer> byCall;

  /// @param byCall under the ids of the calls
  GivenAnswers(Map<String, Approver.Answer> byCall) {
    this.byCall = new ConcurrentHashMap<>(byCall);
  }

  /// Gives these answers first, and asks `then` about all other calls.
  Approver before(Approver then) {
    return (ToolCall call) -> {
      Approver.Answer given = byCall.remove(call.id());
      return given == null ? then.ask(call) : given;
    };
  }
}

package initrunner.agent;

import initrunner.tool.PersonsDecision;
import initrunner.tool.ToolCall;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Asks an approver, and remembers of each call how and when a person decided. Safe for many
/// threads as far as the approver is.
final class TakenDecisions implements Approver {

  private final Approver approver;
  private final Map<ToolCall, PersonsDecision> taken = new ConcurrentHashMap<>();

  TakenDecisions(Approver approver) {
    this.approver = approver;
  }

  @Override
  public Decision ask(ToolCall call) throws InterruptedException {
    String means = approver.means(call);
    Decision decision = approver.ask(call);
    taken.put(call, PersonsDecision.now(means));
    return decision;
  }

  @Override
  public boolean hasAnswered(ToolCall call) {
    return approver.hasAnswered(call);
  }

  @Override
  public String means(ToolCall call) {
    return approver.means(call);
  }

  /// The decision about a call, which is forgotten then.
  PersonsDecision of(ToolCall call) {
    return Optional.ofNullable(taken.remove(call))
        .orElseGet(() -> PersonsDecision.now(approver.means(call)));
  }
}

package initrunner.run;

import initrunner.agent.Approver;
import initrunner.tool.PersonsDecision;
import initrunner.tool.ToolCall;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;

/// A person's decisions from before a run is resumed, each good for one call. Safe for many
/// threads.
public final class GivenAnswers {

  private final SequencedMap<String, Approver.Decision> given;
  private final Map<String, Approver.Decision> byCall;

  /// @param byCall by the ids of the calls
  public GivenAnswers(SequencedMap<String, Approver.Decision> byCall) {
    this.given = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(byCall));
    this.byCall = new ConcurrentHashMap<>(byCall);
  }

  /// All decisions, used or not.
  public SequencedMap<String, Approver.Decision> given() {
    return given;
  }

  /// Uses these decisions first, and asks `then` about all other calls.
  Approver before(Approver then) {
    return new Approver() {
      @Override
      public Decision ask(ToolCall call) throws InterruptedException {
        Decision given = byCall.remove(call.id());
        return given == null ? then.ask(call) : given;
      }

      @Override
      public String means(ToolCall call) {
        return byCall.containsKey(call.id()) ? PersonsDecision.APPROVE : then.means(call);
      }

      @Override
      public boolean hasAnswered(ToolCall call) {
        return byCall.containsKey(call.id()) || then.hasAnswered(call);
      }
    };
  }
}

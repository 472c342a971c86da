package initrunner.run;

import initrunner.agent.Approver;
import initrunner.tool.ToolCall;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;

/// A person's decisions from before a run is resumed, each good for one call. Safe for many
/// threads.
public final class GivenAnswers {

  private final SequencedMap<String, Approver.Answer> given;
  private final Map<String, Approver.Answer> byCall;

  /// @param byCall by the ids of the calls
  public GivenAnswers(SequencedMap<String, Approver.Answer> byCall) {
    this.given = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(byCall));
    this.byCall = new ConcurrentHashMap<>(byCall);
  }

  /// All decisions, used or not.
  public SequencedMap<String, Approver.Answer> given() {
    return given;
  }

  /// Uses these decisions first, and asks `then` about all other calls.
  Approver before(Approver then) {
    return new Approver() {
      @Override
      public Answer ask(ToolCall call) throws InterruptedException {
        Answer given = byCall.remove(call.id());
        return given == null ? then.ask(call) : given;
      }

      @Override
      public boolean hasAnswered(ToolCall call) {
        return byCall.containsKey(call.id()) || then.hasAnswered(call);
      }
    };
  }
}

package initrunner;

import initrunner.tool.ToolCall;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

/// Sees a run while it goes on, and answers for a person. Gets one event at a time, from several
/// threads; the run waits for it. [#output] is the exception: it may be called for several calls at
/// once.
public interface RunListener {

  /// Looks at nothing; a call that needs a person's yes waits.
  RunListener NONE = new RunListener() {};

  /// More text of the model.
  default void text(String more) {}

  /// The model's turn is over.
  default void turnEnded() {}

  /// A tool call is about to be made, or answered without being made.
  default void toolStarted(Call call) {}

  /// The next lines that the command of a tool call printed, without those that are empty and
  /// without known secrets. They may hold control characters. Each line is made when it is read,
  /// which must be during this call: a listener that reads none costs nothing.
  default void output(Call call, Stream<String> lines) {}

  /// A tool call has ended.
  ///
  /// @param text what the model gets
  /// @param status as of [Sandbox.Answer#status]
  default void toolEnded(Call call, String text, String status, Duration duration) {}

  /// Something that a person may want to know: a model's server that is asked again, another model
  /// that is asked from now on, a conversation that was shortened.
  default void notice(String sentence) {}

  /// Asks a person about a call for which the role wants a yes. Blocks until there is an answer;
  /// the run's wall clock stands still meanwhile.
  ///
  /// @throws InterruptedException if the run ends meanwhile
  default Decision approve(Call call) throws InterruptedException {
    return Decision.LATER;
  }

  /// A model's request for one tool.
  ///
  /// @param id the model's own id of the call
  record Call(String id, String tool, Map<String, Object> arguments) {

    Call(ToolCall call) {
      this(call.id(), call.tool(), call.arguments());
    }
  }

  /// What a person says to a call.
  enum Decision {
    /// The call is made.
    APPROVE,
    /// The call is not made, and the model learns that.
    DENY,
    /// No person can be asked now: the run pauses, and nothing of this turn is made before
    /// [Agent#resume].
    LATER
  }
}

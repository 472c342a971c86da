package initrunner.runtime;

import initrunner.tool.CallEnd;
import initrunner.tool.PersonsDecision;
import initrunner.tool.ToolCall;
import java.util.Optional;

/// What a person said to a call.
sealed interface Said {

  /// No person was asked.
  record Nothing() implements Said {}

  record Yes(PersonsDecision decision) implements Said {}

  record No(PersonsDecision decision) implements Said {}

  /// Whether it counts in each sandbox of a call in several: while a call waited, the role may have
  /// moved the question to another one.
  default boolean isForAll() {
    return this instanceof No(PersonsDecision decision) && decision.isOfWaitingCall();
  }

  /// Makes the call, or refuses it, and records that. Blocks until its command is over; answers an
  /// interrupt by stopping it, with the interrupt flag set again.
  default CallEnd answer(RoleCalls calls, ToolCall call) {
    return switch (this) {
      case Nothing() -> calls.answer(call, Optional.empty());
      case Yes(PersonsDecision decision) -> calls.answer(call, Optional.of(decision));
      case No(PersonsDecision decision) -> new CallEnd(calls.deny(call, decision));
    };
  }
}

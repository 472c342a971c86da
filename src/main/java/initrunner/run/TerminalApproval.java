package initrunner.run;

import initrunner.runtime.RoleHost;
import initrunner.text.Redaction;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/// Asks a person at a terminal about a call of another program, which waits for the answer. Safe
/// for many threads.
///
/// @param place where the calls would run
/// @param patience how long a person may take
public record TerminalApproval(WaitingCalls waiting, RoleHost place, Duration patience) {

  /// A person's answer.
  public sealed interface Answer {

    /// It may run.
    record Yes() implements Answer {}

    /// It may not run.
    ///
    /// @param reason for the model
    record No(String reason) implements Answer {}
  }

  /// Blocks until a person answers with `initrunner approve`, or the time is over.
  ///
  /// @param client the program that asks for the call
  /// @param arguments of the call as JSON
  /// @param waits takes a line for the person who sees the call wait
  /// @throws InterruptedException if the program no longer wants the call
  public Answer ask(String client, String tool, String arguments, Consumer<String> waits)
      throws InterruptedException {
    if (!Redaction.redact(arguments).equals(arguments)) {
      return new Answer.No(
          "it needs a person's approval, and its arguments hold what looks like a secret, which is"
              + " not written to the disk for that");
    }
    WaitingCall call =
        new WaitingCall(RunOrder.newRunId(), Instant.now(), place, client, tool, arguments);
    try (WaitingCalls.Question question = waiting.ask(call)) {
      waits.accept("waits for a person: initrunner approve " + question.id());
      return switch (question.await(patience)) {
        case WaitingCalls.Decision.Yes() -> new Answer.Yes();
        case WaitingCalls.Decision.No(Optional<String> reason) ->
            new Answer.No(
                "a person was asked, and did not approve it"
                    + reason.map(why -> ". The person's reason: " + why).orElse(""));
        case WaitingCalls.Decision.None() ->
            new Answer.No(
                "it needs a person's approval, and none came within "
                    + patience.toSeconds()
                    + " s. A person answers such a call on this machine while it waits:"
                    + " initrunner pending shows it, initrunner approve ID answers it");
      };
    }
  }
}

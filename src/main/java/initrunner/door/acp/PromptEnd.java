package initrunner.door.acp;

import initrunner.agent.AgentRun;
import initrunner.agent.AgentRun.Failure;
import initrunner.door.jsonrpc.Json;
import initrunner.door.jsonrpc.RpcException;
import initrunner.run.RunOrder;
import initrunner.tool.ToolCall;
import java.util.stream.Collectors;

/// The answer to a prompt, by how its run ended (ACP v1, "Stop Reasons"). A reason that an editor
/// shows without words is explained in a message before. Stateless.
final class PromptEnd {

  static final Json.Obj CANCELLED = stop("cancelled");

  private PromptEnd() {}

  private static Json.Obj stop(String reason) {
    return Json.Obj.EMPTY.with("stopReason", reason);
  }

  /// @throws RpcException if the run failed, and none of the protocol's reasons says so
  static Json.Obj of(RunOrder order, AgentRun run, Updates updates) throws RpcException {
    if (run.pause().isPresent()) {
      throw paused(order, run.pause().get());
    }
    if (run.failure().isEmpty()) {
      return stop("end_turn");
    }
    Failure failure = run.failure().get();
    if (failure.kind() == Failure.Kind.CANCELLED) {
      return CANCELLED;
    }
    if (failure.limit().isPresent()) {
      return limited(failure, updates);
    }
    // The protocol's refusal says that the prompt is forgotten: with tool calls it is not.
    if (failure.kind() == Failure.Kind.CONTENT_BLOCKED && run.toolNames().isEmpty()) {
      updates.say(sentences(failure.message(), failure.remedy()));
      return stop("refusal");
    }
    throw failure(failure.message(), failure.remedy());
  }

  /// @param failure with its limit
  static Json.Obj limited(Failure failure, Updates updates) {
    updates.say(sentences(failure.message(), failure.remedy()));
    return switch (failure.limit().orElseThrow()) {
      case TOKENS -> stop("max_tokens");
      case STEPS -> stop("max_turn_requests");
    };
  }

  private static RpcException paused(RunOrder order, AgentRun.Pause pause) {
    String calls = pause.calls().stream().map(ToolCall::tool).collect(Collectors.joining(", "));
    return failure(
        "run "
            + order.runId()
            + " waits for a person's approval of "
            + calls
            + ", and the editor gave no answer; nothing of that was run",
        "Go on with: initrunner approve " + order.approvalId());
  }

  /// An error for a person: what failed, and the next step. Editors show its message.
  static RpcException failure(String what, String remedy) {
    return new RpcException(RpcException.INTERNAL_ERROR, sentences(what, remedy));
  }

  static String sentences(String what, String remedy) {
    boolean isSentence = what.endsWith(".") || what.endsWith("?") || what.endsWith("!");
    return what + (isSentence ? "" : ".") + (remedy.isEmpty() ? "" : "\n" + remedy);
  }
}

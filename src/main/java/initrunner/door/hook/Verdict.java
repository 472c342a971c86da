package initrunner.door.hook;

import initrunner.door.jsonrpc.Json;
import java.nio.charset.StandardCharsets;

/// What becomes of a call of one of Claude Code's tools.
public sealed interface Verdict {

  /// The client's own permissions decide.
  record Pass() implements Verdict {}

  /// The call is not made.
  ///
  /// @param reason what the model is told
  record Deny(String reason) implements Verdict {}

  /// The call is made with other arguments, if the client's own permissions allow that.
  ///
  /// @param input all of the tool's arguments
  /// @param note what the model is told beside the result
  record Replace(Json.Obj input, String note) implements Verdict {}

  /// The answer for Claude Code: one JSON object on a line, or nothing for a call that passes.
  /// Source: the hooks reference of Claude Code, "PreToolUse decision control".
  default String answer() {
    Json.Obj decision = Json.Obj.EMPTY.with("hookEventName", ClaudeCodeHook.EVENT);
    return switch (this) {
      case Pass() -> "";
      case Deny(String reason) ->
          line(
              decision.with("permissionDecision", "deny").with("permissionDecisionReason", reason));
      case Replace(Json.Obj input, String note) ->
          line(decision.with("updatedInput", input).with("additionalContext", note));
    };
  }

  private static String line(Json.Obj decision) {
    return new String(
            Json.Obj.EMPTY.with("hookSpecificOutput", decision).bytes(), StandardCharsets.UTF_8)
        + "\n";
  }
}

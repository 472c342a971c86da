package initrunner.door.hook;

import initrunner.door.jsonrpc.Json;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Judges calls of Claude Code's own tools, before they are made, by what they reach: a tool that
/// acts on this machine is denied, and so is each tool that is not known to leave it alone.
/// Immutable; blocks nowhere. Source: the hooks reference of Claude Code.
///
/// @param server InitRunner's server among the client's; its tools pass, and denials name them
/// @param allowed further tools that a person let through, and `mcp__SERVER` for all of a server
/// @param bash where commands of the client's shell run instead; empty if they are denied
public record ClaudeCodeHook(
    Optional<String> server, Set<String> allowed, Optional<HostShell> bash) {

  /// The only event that comes before a call and can keep it from being made.
  public static final String EVENT = "PreToolUse";

  /// Far more than a model writes in one call.
  public static final int MOST_BYTES = 16 * 1024 * 1024;

  private static final String MCP = "mcp__";
  private static final Set<String> SUBAGENT = Set.of("Agent", "Task");

  public ClaudeCodeHook {
    allowed = Set.copyOf(allowed);
  }

  /// The names of the tools that act on this machine, as Claude Code has them today.
  public static List<String> localTools() {
    return LocalTool.today();
  }

  /// The verdict about one call.
  ///
  /// @param call what Claude Code writes to a hook, as UTF-8
  /// @throws HookException if it is not a call that can be judged: it must not be made
  public Verdict judge(byte[] call) {
    if (call.length > MOST_BYTES) {
      throw new HookException("the call has more than " + MOST_BYTES + " bytes");
    }
    Json.Obj event = object(call);
    String name = event.text("hook_event_name").orElse("");
    if (!name.equals(EVENT)) {
      throw new HookException("the event is '" + name + "'; this hook is for " + EVENT);
    }
    String tool =
        event.text("tool_name").orElseThrow(() -> new HookException("the call names no tool"));
    return judge(tool, event.object("tool_input").orElse(Json.Obj.EMPTY));
  }

  private static Json.Obj object(byte[] call) {
    try {
      return Json.parse(call) instanceof Json.Obj object ? object : noObject();
    } catch (Json.SyntaxException e) {
      throw new HookException("the call is not JSON: " + e.getMessage());
    }
  }

  private static Json.Obj noObject() {
    throw new HookException("the call is not a JSON object");
  }

  private Verdict judge(String tool, Json.Obj input) {
    if (allowed.contains(tool)) {
      return new Verdict.Pass();
    }
    if (tool.startsWith(MCP)) {
      return isOfAnAllowedServer(tool) ? new Verdict.Pass() : unknown(tool);
    }
    if (tool.equals(LocalTool.BASH) && bash.isPresent()) {
      return bash.get().replace(input);
    }
    if (SUBAGENT.contains(tool) && input.get("isolation").isPresent()) {
      return new Verdict.Deny(
          tool + " with isolation makes a work tree on this machine. Call it without that.");
    }
    if (tool.equals("ReadMcpResourceTool")) {
      return resource(tool, input);
    }
    return LocalTool.isElsewhere(tool)
        ? new Verdict.Pass()
        : LocalTool.instead(tool)
            .map(instead -> local(tool, instead))
            .orElseGet(() -> unknown(tool));
  }

  /// None of our tools has `__` in its name: a tool that has is one of a server whose own name
  /// begins as ours does, such as `box__local`.
  private boolean isOfAnAllowedServer(String tool) {
    return server.filter(name -> isOf(MCP + name + "__", tool)).isPresent()
        || allowed.stream().anyMatch(each -> each.startsWith(MCP) && tool.startsWith(each + "__"));
  }

  private static boolean isOf(String prefix, String tool) {
    return tool.startsWith(prefix) && !tool.substring(prefix.length()).contains("__");
  }

  private Verdict resource(String tool, Json.Obj input) {
    return isOfAnAllowedServer(MCP + input.text("server").orElse("") + "__")
        ? new Verdict.Pass()
        : unknown(tool);
  }

  private Verdict local(String tool, String instead) {
    String use =
        server
            .map(name ->
                "Use the tools of the MCP server "
                    + name
                    + ": "
                    + MCP
                    + name
                    + "__"
                    + instead
                    + " for this.")
            .or(() -> bash.map(_ -> "Use Bash, whose commands run " + bash.get().place() + "."))
            .orElse("Use the tools of InitRunner's MCP server: " + instead + " for this.");
    return new Verdict.Deny(
        tool + " acts on the user's own machine, which is switched off in this project. " + use);
  }

  private static Verdict unknown(String tool) {
    return new Verdict.Deny(
        "InitRunner does not know whether "
            + tool
            + " acts on the user's own machine, so it is switched off in this project. Only the user"
            + " can switch it on: --allow "
            + tool
            + " in the hook's command.");
  }
}

package initrunner.runtime.gate;

import initrunner.role.tools.Permissions;
import initrunner.role.tools.ToolGrant;
import initrunner.role.tools.ToolGrant.Approval;
import initrunner.tool.CallPermissions;
import initrunner.tool.Plan;
import initrunner.tool.ShellInput;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Decides about a call before anything starts and before a person is asked. It checks the name,
/// the arguments, the role's permissions and the tool's own policy, in this order. Immutable.
public final class CallGate {

  /// What refuses a call of a tool that there is not, for the audit log.
  public static final String UNKNOWN_TOOL = "unknown_tool";

  /// What refuses a call with wrong arguments, for the audit log.
  public static final String BAD_ARGUMENTS = "bad_arguments";

  /// One tool and the conditions for its use.
  ///
  /// @param approval `AUTO` or `REQUIRED`
  public record Granted(Tool tool, Approval approval, CallPermissions permissions) {

    /// As a role grants a tool.
    public Granted(Tool tool, ToolGrant grant) {
      this(tool, approval(grant.approval(), tool), permissions(grant.permissions(), tool));
    }

    private static Approval approval(Approval written, Tool tool) {
      return switch (written) {
        case AUTO, REQUIRED -> written;
        case CHANGES -> tool.isReadOnly() ? Approval.AUTO : Approval.REQUIRED;
      };
    }

    private static CallPermissions permissions(Permissions written, Tool tool) {
      return new CallPermissions(
          switch (written.byDefault()) {
            case ALLOW -> CallPermissions.Default.ALLOW;
            case DENY -> CallPermissions.Default.DENY;
          },
          rules(written.allow(), tool),
          rules(written.deny(), tool));
    }

    private static List<CallPermissions.Rule> rules(List<Permissions.Rule> written, Tool tool) {
      return written.stream()
          .map(rule ->
              new CallPermissions.Rule(
                  rule.argument().map(name -> tool.otherNames().getOrDefault(name, name)),
                  rule.glob()))
          .toList();
    }
  }

  /// The decision about a call.
  public sealed interface Verdict {

    /// The call is refused.
    ///
    /// @param program the program asked for, for the audit log; empty if there was none
    /// @param tool the kind of tool; empty if the tool does not exist
    /// @param by the check that refused it, for the audit log
    /// @param reason for the model
    /// @param status `REFUSED`, or `INVALID` for a call that no policy could allow
    record Refused(
        String program, Optional<String> tool, String by, String reason, ToolResult.Status status)
        implements Verdict {

      /// A call that a policy refuses.
      public Refused(String program, Optional<String> tool, String by, String reason) {
        this(program, tool, by, reason, ToolResult.Status.REFUSED);
      }
    }

    /// The call can run, after the approval if it needs one.
    record Ready(Tool tool, Plan.Made plan, Approval approval) implements Verdict {}
  }

  private final List<Granted> granted;
  private final List<Tool> tools;

  /// @param granted in the role's order, each with a unique name
  public CallGate(List<Granted> granted) {
    this.granted = List.copyOf(granted);
    this.tools = granted.stream().map(Granted::tool).toList();
  }

  /// The tools for the model, in the role's order.
  public List<Tool> tools() {
    return tools;
  }

  /// Whether a person is asked before the calls of a tool of this gate.
  public Approval approval(Tool tool) {
    return granted.stream()
        .filter(each -> each.tool().name().equals(tool.name()))
        .findFirst()
        .map(Granted::approval)
        .orElse(Approval.AUTO);
  }

  /// Decides about a call.
  public Verdict judge(ToolCall call) {
    Optional<Granted> found =
        granted.stream().filter(one -> one.tool().name().equals(call.tool())).findFirst();
    if (found.isEmpty()) {
      return new Verdict.Refused(
          "",
          Optional.empty(),
          UNKNOWN_TOOL,
          ArgumentCheck.unknownTool(call.tool(), tools),
          ToolResult.Status.INVALID);
    }
    Tool tool = found.get().tool();
    Optional<String> type = Optional.of(tool.type());
    Map<String, Object> arguments = tool.underOwnNames(call.arguments());
    Optional<String> fault = ArgumentCheck.fault(tool, arguments);
    if (fault.isPresent()) {
      return new Verdict.Refused("", type, BAD_ARGUMENTS, fault.get(), ToolResult.Status.INVALID);
    }
    Plan plan = tool.plan(arguments);
    if (found.get().permissions().judge(tool, arguments)
        instanceof CallPermissions.Verdict.Denied(String reason)) {
      return new Verdict.Refused(program(plan), type, "permission", reason);
    }
    return switch (plan) {
      case Plan.Refused(String program, String reason) ->
          new Verdict.Refused(program, type, "policy", reason);
      case Plan.Made made -> new Verdict.Ready(tool, made, found.get().approval());
    };
  }

  private static String program(Plan plan) {
    return switch (plan) {
      case Plan.Refused(String program, _) -> program;
      case Plan.Run run -> run.command().argv().getFirst();
      case Plan.Started started -> started.command().argv().getFirst();
      case Plan.TerminalOpened opened -> opened.command().argv().getFirst();
      case Plan.Moved _, Plan.Beside _ -> ShellInput.PROGRAM;
      case Plan.Looked _, Plan.AtTerminal _, Plan.Answered _ -> "";
    };
  }
}

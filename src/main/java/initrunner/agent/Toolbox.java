package initrunner.agent;

import initrunner.role.Execution;
import initrunner.runtime.RoleRuntime;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/// The tools that a model gets, and the function that makes their calls.
///
/// @param call blocks until the call has ended; safe for many threads; answers an interrupt by
///   stopping its command and returning how that ended
/// @param atOnce the most calls of one turn under way at the same time
/// @param retries how many more invalid calls in a row are allowed; empty for no limit but those of
///   the run
public record Toolbox(
    List<Tool> tools,
    Function<ToolCall, ToolResult> call,
    Approvals approvals,
    int atOnce,
    Optional<Integer> retries) {

  /// Decides which calls need a person's approval, and asks for it.
  ///
  /// @param callApproved makes an approved call, as `call` does
  /// @param deny answers a denied call
  public record Approvals(
      Predicate<ToolCall> needsApproval,
      Approver approver,
      Function<ToolCall, ToolResult> callApproved,
      Function<ToolCall, ToolResult> deny) {}

  public Toolbox {
    tools = List.copyOf(tools);
  }

  /// Tools without approvals; all calls of a turn run at the same time.
  public Toolbox(List<Tool> tools, Function<ToolCall, ToolResult> call) {
    this(
        tools,
        call,
        new Approvals(_ -> false, Approver.ABSENT, call, call),
        Integer.MAX_VALUE,
        Optional.empty());
  }

  /// The tools of a role.
  public static Toolbox of(RoleRuntime runtime, Execution execution, Approver approver) {
    TakenDecisions decisions = new TakenDecisions(approver);
    return new Toolbox(
        runtime.tools(),
        runtime::call,
        new Approvals(
            runtime::needsApproval,
            decisions,
            call -> runtime.callApproved(call, decisions.of(call)),
            call -> runtime.deny(call, decisions.of(call))),
        execution.maxConcurrency().orElse(Integer.MAX_VALUE),
        execution.retries());
  }
}

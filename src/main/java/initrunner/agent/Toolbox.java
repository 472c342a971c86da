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

/// The tools that a model is told of, and what makes a call.
///
/// @param call blocks until the call has ended; safe for many threads; answers an interrupt by
///   stopping what it runs and returning how that went
/// @param atOnce most calls of one turn under way at the same time
/// @param retries how often in a row the model may try a call again that cannot be made; empty for
///   as long as the run's limits let it
public record Toolbox(
    List<Tool> tools,
    Function<ToolCall, ToolResult> call,
    Approvals approvals,
    int atOnce,
    Optional<Integer> retries) {

  /// Which calls need a person's yes, who is asked, and what follows.
  ///
  /// @param approved makes a call to which a person said yes, as `call` does
  /// @param denied answers a call to which a person said no
  public record Approvals(
      Predicate<ToolCall> needed,
      Approver approver,
      Function<ToolCall, ToolResult> approved,
      Function<ToolCall, ToolResult> denied) {}

  public Toolbox {
    tools = List.copyOf(tools);
  }

  /// Nobody is asked about any call, and all calls of a turn are made at the same time.
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
    return new Toolbox(
        runtime.tools(),
        runtime::call,
        new Approvals(runtime::needsApproval, approver, runtime::callApproved, runtime::deny),
        execution.maxConcurrency().orElse(Integer.MAX_VALUE),
        execution.retries());
  }
}

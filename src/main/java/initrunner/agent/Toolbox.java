package initrunner.agent;

import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.util.List;
import java.util.function.Function;

/// The tools that a model is told of, and what makes a call.
///
/// @param call blocks until the call has ended; safe for many threads; answers an interrupt by
///   stopping what it runs and returning how that went
public record Toolbox(List<Tool> tools, Function<ToolCall, ToolResult> call) {

  public Toolbox {
    tools = List.copyOf(tools);
  }
}

package initrunner.door.acp;

import initrunner.runtime.RoleRuntime;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Numbers the calls of one run, and knows their tools. Safe for many threads.
final class ShownCalls {

  private final Function<ToolCall, String> place;
  private final Function<ToolCall, String> askedPlace;
  private final String runId;
  private final Map<String, Tool> tools;
  private final AtomicInteger last = new AtomicInteger();

  /// @param runId stands in each id, so that a person finds the run in the audit log
  ShownCalls(RoleRuntime runtime, String runId) {
    this.place = runtime::placeOf;
    this.askedPlace = runtime::askedPlaceOf;
    this.runId = runId;
    this.tools =
        runtime.tools().stream().collect(Collectors.toMap(Tool::name, Function.identity()));
  }

  /// A call with an id of its own: a model may repeat its ids.
  ShownCall next(ToolCall call) {
    return new ShownCall(
        runId + "-" + last.incrementAndGet(),
        call,
        Optional.ofNullable(tools.get(call.tool())),
        place.apply(call),
        askedPlace.apply(call));
  }

  String runId() {
    return runId;
  }
}

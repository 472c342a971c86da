package initrunner.run;

import initrunner.role.Role;
import java.util.concurrent.atomic.AtomicInteger;

/// The most calls that a server makes for other programs, if its role writes such a number
/// (`guardrails.max_tool_calls`). Safe for many threads.
public final class CallLimit {

  private final int most;
  private final AtomicInteger made = new AtomicInteger();

  public CallLimit(Role role) {
    this.most = role.guardrails().maxServedCalls().orElse(Integer.MAX_VALUE);
  }

  /// Whether no further call may be made.
  public boolean isReached() {
    return made.get() >= most;
  }

  /// Counts a call.
  ///
  /// @return whether it may be made
  public boolean count() {
    return made.incrementAndGet() <= most;
  }

  /// Why no further call is made.
  public String reason() {
    return "this server has made its "
        + most
        + " calls (spec.guardrails.max_tool_calls of the role)";
  }
}

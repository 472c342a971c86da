package initrunner.role;

import java.time.Duration;

/// When a run must stop (`spec.guardrails`).
///
/// @param timeout wall clock of one run
/// @param maxToolCalls tool calls of one run
public record Guardrails(Duration timeout, int maxToolCalls) {

  public static final Guardrails DEFAULT = new Guardrails(Duration.ofMinutes(5), 20);
}

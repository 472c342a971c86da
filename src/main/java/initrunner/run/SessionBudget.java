package initrunner.run;

import initrunner.agent.AgentRun.Failure;
import initrunner.model.Usage;
import initrunner.role.Role;
import java.util.Locale;
import java.util.Optional;

/// The tokens that all prompts of one session may use together
/// (`spec.guardrails.session_token_budget`). For one thread.
public final class SessionBudget {

  private static final int WARN_PERCENT = 80;

  private final Optional<Integer> budget;
  private Usage used = Usage.NONE;
  private boolean warned;

  public SessionBudget(Role role) {
    this.budget = role.guardrails().tokens().sessionBudget();
  }

  /// Counts the usage of one prompt.
  public void add(Usage more) {
    used = used.plus(more);
  }

  /// Why no model is asked any more; empty while it is.
  public Optional<Failure> exceeded() {
    return budget
        .filter(most -> used.total() >= most)
        .map(most ->
            new Failure(
                Failure.Kind.USAGE_LIMIT,
                "the session has used " + spent(most) + ", so no model is asked any more",
                "Begin another session, or raise spec.guardrails.session_token_budget.",
                Optional.of(Failure.Limit.TOKENS)));
  }

  /// A sentence at 80 %, once.
  public Optional<String> warning() {
    Optional<Integer> near =
        budget.filter(most -> !warned && used.total() * 100 >= (long) most * WARN_PERCENT);
    warned |= near.isPresent();
    return near.map(most -> "The session has used " + spent(most) + ".");
  }

  private String spent(int most) {
    return String.format(
        Locale.ROOT,
        "%d of its %d tokens (spec.guardrails.session_token_budget)",
        used.total(),
        most);
  }
}

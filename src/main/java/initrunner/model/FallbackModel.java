package initrunner.model;

import initrunner.role.model.ModelSettings.Fallback.Cause;
import initrunner.tool.Tool;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Several models: when one fails, the next is asked. A model that has failed is not asked again,
/// so that a conversation does not pay for the same failure at every turn. Safe for many threads.
public final class FallbackModel implements Model {

  private final List<Model> models;
  private final Set<Cause> causes;
  private final AtomicInteger current = new AtomicInteger();

  /// @param models at least one, in the order in which they are asked
  public FallbackModel(List<Model> models, Set<Cause> causes) {
    this.models = List.copyOf(models);
    this.causes = Set.copyOf(causes);
  }

  @Override
  public String provider() {
    return models.get(current.get()).provider();
  }

  @Override
  public String name() {
    return models.get(current.get()).name();
  }

  @Override
  public Turn next(List<Message> conversation, List<Tool> tools, Consumer<RunEvent> events)
      throws InterruptedException {
    BigDecimal lost = BigDecimal.ZERO;
    while (true) {
      int asked = current.get();
      boolean last = asked == models.size() - 1;
      Model model = models.get(asked);
      String reason;
      try {
        Turn turn = model.next(conversation, tools, events);
        boolean withheld = turn.finish() == Turn.Finish.CONTENT_FILTER;
        if (last || !withheld || !causes.contains(Cause.CONTENT_FILTER_ERROR)) {
          BigDecimal before = lost;
          return turn.usage().dollars().map(cost -> turn.costing(cost.add(before))).orElse(turn);
        }
        lost = lost.add(turn.usage().dollars().orElse(BigDecimal.ZERO));
        reason = model.provider() + ":" + model.name() + " withheld its answer";
      } catch (ModelException e) {
        if (last || !e.kind().isOneOf(causes)) {
          throw e;
        }
        reason = e.getMessage();
      }
      current.compareAndSet(asked, asked + 1);
      Model next = models.get(asked + 1);
      events.accept(
          new RunEvent.ModelFallback(
              Optional.ofNullable(reason).orElse(""), next.provider() + ":" + next.name()));
    }
  }

  @Override
  public void close() {
    models.forEach(Model::close);
  }
}

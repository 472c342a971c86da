package initrunner.model;

import initrunner.role.model.ModelPrice;
import initrunner.tool.Tool;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Adds its cost to each turn of a model. Safe for many threads.
public final class PricedModel extends ModelDecorator {

  private static final int MILLION_DIGITS = 6;

  private final ModelPrice price;

  public PricedModel(Model model, ModelPrice price) {
    super(model);
    this.price = price;
  }

  @Override
  public Turn next(List<Message> conversation, List<Tool> tools, Consumer<RunEvent> events)
      throws InterruptedException {
    Turn turn = model.next(conversation, tools, events);
    return cost(price, turn.usage()).map(turn::costing).orElse(turn);
  }

  /// Empty where the server did not count its tokens: every request has some.
  public static Optional<BigDecimal> cost(ModelPrice price, Usage usage) {
    if (usage.total() == 0 && !price.isFree()) {
      return Optional.empty();
    }
    long fresh = usage.tokensIn() - usage.cacheReads() - usage.cacheWrites();
    return Optional.of(
        cost(price.input(), fresh)
            .add(cost(price.cachedInput().orElse(price.input()), usage.cacheReads()))
            .add(cost(price.cacheWrite().orElse(price.input()), usage.cacheWrites()))
            .add(cost(price.output(), usage.tokensOut())));
  }

  private static BigDecimal cost(BigDecimal perMillion, long tokens) {
    return perMillion.multiply(BigDecimal.valueOf(tokens)).movePointLeft(MILLION_DIGITS);
  }
}

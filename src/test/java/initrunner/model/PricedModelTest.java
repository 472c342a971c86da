package initrunner.model;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.agent.ScriptedModel;
import initrunner.model.http.Models;
import initrunner.role.Execution;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.model.ModelPrice;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The cost of turns.
class PricedModelTest {

  @Test
  void eachTokenCostsWhatItsKindCosts() {
    ModelPrice withCache =
        price(Optional.of(new BigDecimal("0.1")), Optional.of(new BigDecimal("2")));
    ModelPrice without = price(Optional.empty(), Optional.empty());
    Usage usage = new Usage(1_000_000, 100_000, 400_000, 50_000, Optional.empty());

    // 550,000 fresh ones at 1, 400,000 read at 0.1, 50,000 written at 2, 100,000 answered at 10.
    assertThat(PricedModel.cost(withCache, usage))
        .hasValueSatisfying(cost -> assertThat(cost).isEqualByComparingTo("1.69"));
    assertThat(PricedModel.cost(without, usage))
        .hasValueSatisfying(cost -> assertThat(cost).isEqualByComparingTo("2"));
  }

  @Test
  void whatAServerDoesNotCountHasNoCostUnlessTheModelIsFree() {
    ModelPrice free =
        new ModelPrice(BigDecimal.ZERO, BigDecimal.ZERO, Optional.empty(), Optional.empty());

    assertThat(PricedModel.cost(price(Optional.empty(), Optional.empty()), Usage.UNKNOWN))
        .isEmpty();
    assertThat(PricedModel.cost(free, Usage.UNKNOWN))
        .hasValueSatisfying(cost -> assertThat(cost).isZero());
  }

  private static ModelPrice price(Optional<BigDecimal> read, Optional<BigDecimal> written) {
    return new ModelPrice(BigDecimal.ONE, BigDecimal.TEN, read, written);
  }

  @Test
  void whatAnthropicCountsBesideItsInputIsReadToo() throws Exception {
    try (ScriptedModel server =
            ScriptedModel.of(
                ScriptedModel.status(
                    200,
                    "{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"x\","
                        + "\"content\":[{\"type\":\"text\",\"text\":\"Hi.\"}],"
                        + "\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":5,"
                        + "\"cache_creation_input_tokens\":20,\"cache_read_input_tokens\":300,"
                        + "\"output_tokens\":7}}"));
        Model model =
            Models.open(
                TestModels.settings(
                    "anthropic", "gpt", Optional.empty(), Optional.empty(), 0.1, 4096),
                Map.of(),
                Execution.DEFAULT,
                RoleEnvironment.ofProcess(server.environment()),
                Models.Delivery.WHOLE)) {
      assertThat(model.next(List.of(new Message.User("Go.")), List.of(), _ -> {}).usage())
          .isEqualTo(new Usage(325, 7, 300, 20, Optional.empty()));
    }
  }
}

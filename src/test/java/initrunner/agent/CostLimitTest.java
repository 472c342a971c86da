package initrunner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.agent.AgentRun.Failure;
import initrunner.model.Message;
import initrunner.model.Model;
import initrunner.model.TestModels;
import initrunner.model.Usage;
import initrunner.model.http.Models;
import initrunner.role.Execution;
import initrunner.role.Guardrails;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.model.ModelPrice;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The limit of a run's cost.
class CostLimitTest {

  private static final ModelPrice PRICE =
      new ModelPrice(
          BigDecimal.ONE, BigDecimal.TEN, Optional.of(BigDecimal.ZERO), Optional.empty());

  @Test
  void aServerThatCountsNoTokensEndsARunWhoseCostIsLimited() {
    String answer =
        "{\"id\":\"c\",\"choices\":[{\"index\":0,\"finish_reason\":\"stop\","
            + "\"message\":{\"role\":\"assistant\",\"content\":\"Hi.\"}}]}";
    try (ScriptedModel server =
            ScriptedModel.of(ScriptedModel.status(200, answer), ScriptedModel.status(200, answer));
        Model model = open(server, "openai", Map.of("openai:gpt", PRICE));
        Model free =
            open(
                server,
                "openai",
                Map.of(
                    "openai:gpt",
                    new ModelPrice(
                        BigDecimal.ZERO, BigDecimal.ZERO, Optional.empty(), Optional.empty())))) {
      assertThat(run(model, Optional.of(BigDecimal.ONE)).failure().map(Failure::message))
          .hasValueSatisfying(why ->
              assertThat(why)
                  .startsWith("the run's limit of 1 US dollars (spec.guardrails.cost_limit) cannot")
                  .contains("did not say how many tokens"));
      assertThat(run(free, Optional.of(BigDecimal.ONE)).failure()).isEmpty();
    }
  }

  @Test
  void aRunThatGoesOnCostsWhatItCostBefore() {
    Transcript paused =
        new Transcript(
            List.of(new Message.Instructions("Be brief."), new Message.User("Go.")),
            new Usage(3, 4).costing(new BigDecimal("0.5")),
            List.of(),
            1,
            Duration.ZERO);

    Transcript stored = TranscriptJson.read(TranscriptJson.write(paused, text -> text));

    assertThat(stored).isEqualTo(paused);
    assertThat(
            RunLimits.cost(Optional.of(new BigDecimal("0.4")), stored.usage().dollars())
                .map(Failure::message))
        .hasValueSatisfying(why -> assertThat(why).endsWith("it cost 0.5"));
    assertThat(RunLimits.cost(Optional.of(new BigDecimal("0.5")), stored.usage().dollars()))
        .as("the limit may be reached")
        .isEmpty();
  }

  private static Model open(ScriptedModel server, String provider, Map<String, ModelPrice> prices) {
    return Models.open(
        TestModels.settings(provider, "gpt", Optional.empty(), Optional.empty(), 0.1, 4096),
        prices,
        Execution.DEFAULT,
        RoleEnvironment.ofProcess(server.environment()),
        Models.Delivery.WHOLE);
  }

  private static AgentRun run(Model model, Optional<BigDecimal> limit) {
    Guardrails guardrails =
        new Guardrails(Duration.ofMinutes(1), 20, 30, Guardrails.DEFAULT.tokens(), limit);
    Toolbox tools =
        new Toolbox(
            List.of(),
            call -> {
              throw new AssertionError(call);
            },
            new Toolbox.Approvals(
                _ -> false,
                Approver.ABSENT,
                call -> {
                  throw new AssertionError(call);
                },
                call -> {
                  throw new AssertionError(call);
                }),
            1,
            Optional.empty());
    return new AgentLoop(model, "Be brief.", tools, guardrails).run("Go.", _ -> {});
  }
}

package initrunner.model.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import initrunner.agent.ScriptedModel;
import initrunner.model.Message;
import initrunner.model.Model;
import initrunner.model.TestModels;
import initrunner.model.http.Models.Delivery;
import initrunner.role.Execution;
import initrunner.role.model.Additions;
import initrunner.role.model.ModelSettings;
import initrunner.role.model.ModelSettings.Fallback;
import initrunner.role.model.ModelSettings.ProviderFields;
import initrunner.role.model.ModelSettings.Thinking;
import initrunner.role.model.ModelSettings.ToolChoice;
import initrunner.tool.Plan;
import initrunner.tool.Tool;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A role's settings of its model, as they reach each kind of server.
class RequestFieldsTest {

  private static final ModelSettings.Sampling ALL =
      new ModelSettings.Sampling(
          Optional.of(0.5),
          Optional.of(40),
          Optional.of(7),
          List.of("STOP"),
          Optional.of(0.25),
          Optional.of(-0.25),
          Optional.of(false),
          Optional.of(ToolChoice.NONE));

  @Test
  void chatCompletionsGetAllOfThem() throws Exception {
    JsonNode body = asked("openai", "gpt-4o", List.of(new Named()));

    assertThat(body.path("top_p").asDouble()).isEqualTo(0.5);
    assertThat(body.path("top_k").asInt()).isEqualTo(40);
    assertThat(body.path("seed").asInt()).isEqualTo(7);
    assertThat(body.path("stop").toString()).isEqualTo("[\"STOP\"]");
    assertThat(body.path("presence_penalty").asDouble()).isEqualTo(0.25);
    assertThat(body.path("frequency_penalty").asDouble()).isEqualTo(-0.25);
    assertThat(body.path("parallel_tool_calls").asBoolean(true)).isFalse();
    assertThat(body.path("tool_choice").asText()).isEqualTo("none");
  }

  @Test
  void chatCompletionsGetWhatTheRoleAdds() throws Exception {
    for (String name : List.of("gpt-4o", "gpt-5-mini")) {
      JsonNode body = asked("openai", name, List.of());

      assertThat(body.path("enable_thinking").asBoolean(true)).isFalse();
      assertThat(body.path("provider").toString()).isEqualTo("{\"order\":[\"a\"]}");
    }
    assertThat(asked("openai", "gpt-4o", List.of()).path("logit_bias").toString())
        .isEqualTo("{\"50256\":-100}");
  }

  @Test
  void aReasoningModelGetsNoneThatSaysHowWordsAreChosen() throws Exception {
    JsonNode body = asked("openai", "gpt-5-mini", List.of());

    assertThat(body.fieldNames())
        .toIterable()
        .doesNotContain(
            "temperature", "top_p", "top_k", "presence_penalty", "frequency_penalty", "logit_bias");
  }

  @Test
  void messagesGetThoseThatAnthropicHas() throws Exception {
    JsonNode body = asked("anthropic", "claude", List.of(new Named()));

    assertThat(body.path("top_p").asDouble()).isEqualTo(0.5);
    assertThat(body.path("top_k").asInt()).isEqualTo(40);
    assertThat(body.path("stop_sequences").toString()).isEqualTo("[\"STOP\"]");
    assertThat(body.path("tool_choice").path("type").asText()).isEqualTo("none");
    assertThat(body.fieldNames()).toIterable().doesNotContain("seed", "presence_penalty");
  }

  @Test
  void generateContentGetsThemUnderItsOwnNames() throws Exception {
    JsonNode config = asked("google", "gemini", List.of(new Named())).path("generationConfig");

    assertThat(config.path("topP").asDouble()).isEqualTo(0.5);
    assertThat(config.path("topK").asInt()).isEqualTo(40);
    assertThat(config.path("seed").asInt()).isEqualTo(7);
    assertThat(config.path("stopSequences").toString()).isEqualTo("[\"STOP\"]");
    assertThat(config.path("presencePenalty").asDouble()).isEqualTo(0.25);
  }

  @Test
  void onlyAReasoningModelIsToldHowMuchToThink() throws Exception {
    assertThat(asked("openai", "gpt-5-mini", List.of()).path("reasoning_effort").asText())
        .isEqualTo("xhigh");
    assertThat(asked("openai", "gpt-4o", List.of()).has("reasoning_effort")).isFalse();
    assertThat(asked("groq", "llama", List.of()).has("reasoning_effort")).isFalse();
  }

  @Test
  void anthropicIsToldWhatToKeepFromOneRequestToTheNext() throws Exception {
    JsonNode body = asked("anthropic", "claude", List.of(new Named()));

    assertThat(body.path("system").path(0).path("cache_control").path("type").asText())
        .isEqualTo("ephemeral");
    assertThat(body.path("tools").path(0).path("cache_control").path("type").asText())
        .isEqualTo("ephemeral");
    assertThat(asked("openai", "gpt-4o", List.of(new Named())).toString()).doesNotContain("cache");
  }

  /// Servers refuse fields about tools without any tools.
  @Test
  void withoutToolsNothingIsSaidOfThem() throws Exception {
    JsonNode body = asked("openai", "gpt-4o", List.of());

    assertThat(body.fieldNames()).toIterable().doesNotContain("tool_choice", "parallel_tool_calls");
  }

  @Test
  void furtherHeadersReachEveryKindOfServer() throws Exception {
    for (String provider : List.of("openai", "anthropic", "google")) {
      try (ScriptedModel server = ScriptedModel.of(ScriptedModel.text("ok"))) {
        ask(server, provider, "a-model", List.of());

        assertThat(server.requests().getFirst().headers())
            .as(provider)
            .containsEntry("x-team", "blue");
      }
    }
  }

  private JsonNode asked(String provider, String name, List<Tool> tools) throws Exception {
    try (ScriptedModel server = ScriptedModel.of(ScriptedModel.text("ok"))) {
      ask(server, provider, name, tools);
      return server.requests().getFirst().body();
    }
  }

  private static void ask(ScriptedModel server, String provider, String name, List<Tool> tools)
      throws Exception {
    ModelSettings settings =
        new ModelSettings(
            provider,
            name,
            Optional.empty(),
            Optional.empty(),
            0.1,
            4096,
            Optional.empty(),
            ALL,
            new ProviderFields(Optional.of(Thinking.XHIGH), true),
            new Additions(
                Map.of("X-Team", "blue"),
                Map.of("enable_thinking", false, "provider", Map.of("order", List.of("a"))),
                Map.of("50256", -100),
                Set.of()),
            ModelSettings.DEFAULT.patience(),
            Optional.empty(),
            Fallback.NONE);
    try (Model model =
        TestModels.open(settings, Execution.DEFAULT, server.environment(), Delivery.WHOLE)) {
      model.next(
          List.of(new Message.Instructions("Be brief."), new Message.User("Hello.")),
          tools,
          _ -> {});
    }
  }

  private record Named() implements Tool {

    @Override
    public String name() {
      return "look";
    }

    @Override
    public String type() {
      return "look";
    }

    @Override
    public String description() {
      return "Looks.";
    }

    @Override
    public List<Parameter> parameters() {
      return List.of();
    }

    @Override
    public Plan plan(Map<String, Object> arguments) {
      return new Plan.Refused("", "only described");
    }
  }
}

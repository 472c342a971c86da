package initrunner.model.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.agent.ScriptedModel;
import initrunner.model.Message;
import initrunner.model.Model;
import initrunner.model.ModelException;
import initrunner.model.ModelException.Kind;
import initrunner.model.RunEvent;
import initrunner.model.TestModels;
import initrunner.model.http.Models.Delivery;
import initrunner.role.Execution;
import initrunner.role.model.ModelName;
import initrunner.role.model.ModelSettings;
import initrunner.role.model.ModelSettings.Fallback;
import initrunner.role.model.ModelSettings.Patience;
import initrunner.role.model.Provider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A server whose answer never ends: the client bounds the bytes and the time.
class ModelBoundsTest {

  private static final String EVENTS = "text/event-stream";
  private static final String JSON = "application/json";
  private static final List<Message> CONVERSATION = List.of(new Message.User("Which kernel?"));

  private final List<RunEvent> events = new ArrayList<>();

  record Endless(String name, Provider provider, ScriptedModel.Reply reply) {

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Endless> endless() {
    String much = "x".repeat(100_000);
    return Stream.of(
        openAi("a line", EVENTS, "data: {\"choices\":[{\"delta\":{\"content\":\"", much),
        openAi("lines of one event", EVENTS, "", "data: " + much + "\n"),
        openAi("a comment", EVENTS, "", ": " + much),
        openAi("a field without a name", EVENTS, "", much),
        openAi("a text", EVENTS, "", delta("{\"content\":\"" + much + "\"}")),
        openAi("a thought", EVENTS, "", delta("{\"reasoning_content\":\"" + much + "\"}")),
        openAi(
            "parts that are not known",
            EVENTS,
            "",
            delta("{\"content\":[{\"type\":\"image\",\"data\":\"" + much + "\"}]}")),
        openAi(
            "arguments",
            EVENTS,
            "",
            delta(
                "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"" + much + "\"}}]}")),
        openAi(
            "calls",
            EVENTS,
            "",
            delta(
                "{\"tool_calls\":["
                    + "{\"function\":{\"name\":\"x\",\"arguments\":\"{\\\"a\\\":1}\"}},".repeat(999)
                    + "{\"id\":\"a\",\"function\":{\"name\":\"x\"}}]}")),
        openAi("an answer in one piece", JSON, "{\"choices\":[\"", much),
        openAi("an answer of nothing but blanks", JSON, "{", " ".repeat(100_000)),
        new Endless(
            "an answer that is compressed",
            Provider.OPENAI,
            new ScriptedModel.Reply.Endless(
                Map.of("Content-Type", JSON, "Content-Encoding", "gzip"),
                "{",
                " ".repeat(100_000))),
        new Endless(
            "Anthropic, an input",
            Provider.ANTHROPIC,
            reply(
                EVENTS,
                "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":"
                    + "{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"x\",\"input\":{}}}\n\n",
                "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
                    + "{\"type\":\"input_json_delta\",\"partial_json\":\""
                    + much
                    + "\"}}\n\n")),
        new Endless(
            "Anthropic, thoughts",
            Provider.ANTHROPIC,
            reply(
                EVENTS,
                "",
                "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":"
                    + "{\"type\":\"thinking\",\"thinking\":\""
                    + much
                    + "\"}}\n\n")),
        new Endless(
            "Anthropic, a thought",
            Provider.ANTHROPIC,
            reply(
                EVENTS,
                "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":"
                    + "{\"type\":\"thinking\",\"thinking\":\"\"}}\n\n",
                "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
                    + "{\"type\":\"thinking_delta\",\"thinking\":\""
                    + much
                    + "\"}}\n\n")),
        new Endless(
            "Gemini, a text",
            Provider.GOOGLE,
            reply(
                EVENTS,
                "",
                "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\""
                    + much
                    + "\"}]}}]}\n\n")));
  }

  private static Endless openAi(String name, String type, String start, String more) {
    return new Endless(name, Provider.OPENAI, reply(type, start, more));
  }

  private static ScriptedModel.Reply reply(String type, String start, String more) {
    return new ScriptedModel.Reply.Endless(Map.of("Content-Type", type), start, more);
  }

  private static String delta(String delta) {
    return "data: {\"choices\":[{\"delta\":" + delta + "}]}\n\n";
  }

  @ParameterizedTest
  @MethodSource("endless")
  void anAnswerWithoutAnEndIsGivenUp(Endless endless) {
    try (ScriptedModel server = ScriptedModel.of(endless.reply())) {
      ModelException fault = fault(server, endless.provider(), ModelSettings.DEFAULT.patience());

      assertThat(fault.kind()).isEqualTo(Kind.ANSWER_MALFORMED);
      assertThat(fault).hasMessageContaining("answers with more than a turn may have: longer than");
    }
  }

  @Test
  void ofARefusalWithoutAnEndTheStartIsShown() {
    try (ScriptedModel server =
        ScriptedModel.of(
            new ScriptedModel.Reply.Endless(
                400,
                Map.of("Content-Type", "text/plain"),
                "no such field ",
                "x".repeat(100_000)))) {
      ModelException fault = fault(server, Provider.OPENAI, ModelSettings.DEFAULT.patience());

      assertThat(fault.kind()).isEqualTo(Kind.REQUEST_REFUSED);
      assertThat(fault).hasMessageContaining("no such field xxx");
      assertThat(fault.getMessage()).hasSizeLessThan(1000);
    }
  }

  @Test
  @Tag("slow")
  void aServerThatSaysNothingOrStopsInTheMiddleIsGivenUpAndTheNextModelIsAsked() throws Exception {
    Patience brief = new Patience(Duration.ofSeconds(1), Duration.ofSeconds(1));
    Map<String, ScriptedModel.Reply> silences =
        Map.of(
            "takes the request and says nothing for 1 s",
            new ScriptedModel.Reply.Hang(),
            "stops in the middle of its answer and says nothing for 1 s",
            new ScriptedModel.Reply.Stall(
                Map.of("Content-Type", EVENTS), delta("{\"content\":\"It\"}")));
    for (Map.Entry<String, ScriptedModel.Reply> silence : silences.entrySet()) {
      try (ScriptedModel server =
              ScriptedModel.of(silence.getValue(), ScriptedModel.text("It is 6.1."));
          Model model = open(server, Provider.OPENAI, brief)) {
        assertThat(model.next(CONVERSATION, List.of(), events::add).text()).isEqualTo("It is 6.1.");
        assertThat(events)
            .anySatisfy(event ->
                assertThat(event)
                    .isInstanceOfSatisfying(
                        RunEvent.ModelFallback.class,
                        fallback -> assertThat(fallback.reason()).contains(silence.getKey())));
      }
    }
  }

  @Test
  @Tag("slow")
  void aServerThatSendsHeadersAndNothingElseIsGivenUp() {
    Patience second = new Patience(Duration.ofSeconds(1), Duration.ofMinutes(1));
    try (ScriptedModel server =
        ScriptedModel.of(new ScriptedModel.Reply.Stall(Map.of("Content-Type", JSON), ""))) {
      assertThat(fault(server, Provider.OPENAI, second).kind()).isEqualTo(Kind.SERVER_SILENT);
    }
  }

  @Test
  void afterTheEndOfAnAnswerNothingIsWaitedFor() throws Exception {
    String end =
        "data: {\"choices\":[{\"delta\":{\"content\":\"Yes.\"},\"finish_reason\":\"stop\"}]}\n\n";
    try (ScriptedModel server =
            ScriptedModel.of(
                new ScriptedModel.Reply.Stall(
                    Map.of("Content-Type", EVENTS), end + "data: [DONE]\n\n"));
        Model model =
            open(server, Provider.OPENAI, new Patience(Duration.ofHours(1), Duration.ofHours(1)))) {
      assertThat(model.next(CONVERSATION, List.of(), events::add).text()).isEqualTo("Yes.");
    }
  }

  private ModelException fault(ScriptedModel server, Provider provider, Patience patience) {
    try (Model model = open(server, provider, patience)) {
      return catchThrowableOfType(
          ModelException.class, () -> model.next(CONVERSATION, List.of(), events::add));
    }
  }

  private static Model open(ScriptedModel server, Provider provider, Patience patience) {
    ModelSettings settings =
        new ModelSettings(
            provider.id(),
            "a-model",
            Optional.empty(),
            Optional.empty(),
            0.1,
            4096,
            Optional.empty(),
            ModelSettings.DEFAULT.sampling(),
            ModelSettings.DEFAULT.providerFields(),
            ModelSettings.DEFAULT.additions(),
            patience,
            Optional.empty(),
            patience.equals(ModelSettings.DEFAULT.patience())
                    || patience.betweenBytes().toSeconds() > 1
                ? Fallback.NONE
                : new Fallback(
                    List.of(new ModelName("anthropic", "claude")),
                    Set.of(Fallback.Cause.MODEL_API_ERROR)));
    return TestModels.open(settings, Execution.DEFAULT, server.environment(), Delivery.STREAMED);
  }
}

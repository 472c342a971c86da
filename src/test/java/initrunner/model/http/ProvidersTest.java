package initrunner.model.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import initrunner.agent.ScriptedGemini;
import initrunner.agent.ScriptedModel;
import initrunner.model.Continuation;
import initrunner.model.Message;
import initrunner.model.Model;
import initrunner.model.ModelException;
import initrunner.model.ModelException.Kind;
import initrunner.model.RunEvent;
import initrunner.model.TestModels;
import initrunner.model.ToolRequest;
import initrunner.model.Turn;
import initrunner.model.Usage;
import initrunner.model.answer.AnswerJson;
import initrunner.model.endpoint.ModelEndpoint;
import initrunner.model.http.Models.Delivery;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.model.Api;
import initrunner.role.model.ModelSettings;
import initrunner.role.model.Provider;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Every provider in its own protocol, streamed and whole, with and without failures.
class ProvidersTest {

  private static final List<Message> CONVERSATION =
      List.of(new Message.Instructions("Be brief."), new Message.User("Which kernel?"));

  private final List<Duration> pauses = new ArrayList<>();
  private final List<RunEvent> events = new ArrayList<>();

  static Stream<Arguments> providersAndDeliveries() {
    return Stream.of(Provider.values())
        .flatMap(provider ->
            Stream.of(Delivery.values()).map(delivery -> Arguments.of(provider, delivery)));
  }

  static Stream<Arguments> protocolsAndDeliveries() {
    return Stream.of(Provider.OPENAI, Provider.ANTHROPIC, Provider.GOOGLE)
        .flatMap(provider ->
            Stream.of(Delivery.values()).map(delivery -> Arguments.of(provider, delivery)));
  }

  @ParameterizedTest
  @MethodSource("providersAndDeliveries")
  void textArrivesIsCountedAndItsTokensAreToo(Provider provider, Delivery delivery)
      throws Exception {
    try (ScriptedModel server = ScriptedModel.of(ScriptedModel.text("It is 6.1 – done."))) {
      Turn turn = ask(server, provider, delivery, CONVERSATION);

      assertThat(turn.text()).isEqualTo("It is 6.1 – done.");
      assertThat(turn.finish()).isEqualTo(Turn.Finish.COMPLETE);
      assertThat(turn.usage())
          .isEqualTo(new Usage(ScriptedModel.PROMPT_TOKENS, ScriptedModel.COMPLETION_TOKENS));
      assertThat(events)
          .hasSize(delivery == Delivery.STREAMED ? 5 : 1)
          .allMatch(RunEvent.TextDelta.class::isInstance);
    }
  }

  @ParameterizedTest
  @MethodSource("providersAndDeliveries")
  void parallelToolCallsKeepTheirOrderAndHaveAnIdEach(Provider provider, Delivery delivery)
      throws Exception {
    try (ScriptedModel server =
        ScriptedModel.of(
            ScriptedModel.calls(
                ScriptedModel.shellCall("call-1", "uname -r"),
                ScriptedModel.shellCall("call-2", "echo 'héllo \"you\"'")))) {
      Turn turn = ask(server, provider, delivery, CONVERSATION);

      assertThat(turn.requests())
          .extracting(
              ToolRequest::id,
              ToolRequest::tool,
              request -> AnswerJson.parse(request.arguments()).orElseThrow())
          .containsExactly(
              tuple("call-1", "run_shell", AnswerJson.object().put("command", "uname -r")),
              tuple(
                  "call-2",
                  "run_shell",
                  AnswerJson.object().put("command", "echo 'héllo \"you\"'")));
      assertThat(turn.finish()).isEqualTo(Turn.Finish.COMPLETE);
    }
  }

  @ParameterizedTest
  @EnumSource
  void eachProviderIsAskedAtItsPathWithItsKeyInItsHeader(Provider provider) throws Exception {
    try (ScriptedModel server = ScriptedModel.of(ScriptedModel.text("ok"))) {
      ask(server, provider, Delivery.STREAMED, CONVERSATION);

      ScriptedModel.Request request = server.requests().getFirst();
      String key =
          provider
              .keyVariable()
              .map(variable -> server.environment().getOrDefault(variable, ""))
              .orElse("");
      switch (provider.api()) {
        case CHAT_COMPLETIONS -> {
          assertThat(request.path()).isEqualTo("/v1/chat/completions");
          assertThat(request.headers().getOrDefault("authorization", ""))
              .isEqualTo(key.isEmpty() ? "" : "Bearer " + key);
          assertThat(request.body().path("temperature").asDouble()).isEqualTo(0.1);
          assertThat(request.body().path("max_tokens").asInt()).isEqualTo(4096);
          assertThat(request.body().has("stream_options")).isEqualTo(provider != Provider.MISTRAL);
        }
        case MESSAGES -> {
          assertThat(request.path()).isEqualTo("/v1/messages");
          assertThat(request.headers()).containsEntry("x-api-key", key);
          assertThat(request.headers()).containsKey("anthropic-version");
          assertThat(request.body().path("max_tokens").asInt()).isEqualTo(4096);
          assertThat(request.body().path("system").toString()).contains("Be brief.");
        }
        case GENERATE_CONTENT -> {
          assertThat(request.path()).isEqualTo("/v1beta/models/a-model:streamGenerateContent");
          assertThat(request.headers()).containsEntry("x-goog-api-key", key);
          assertThat(request.body().path("generationConfig").path("maxOutputTokens").asInt())
              .isEqualTo(4096);
          assertThat(request.body().path("systemInstruction").toString()).contains("Be brief.");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("protocolsAndDeliveries")
  void theAnswersOfParallelCallsGoBackInOrder(Provider provider, Delivery delivery)
      throws Exception {
    try (ScriptedModel server =
        ScriptedModel.of(
            ScriptedModel.calls(
                ScriptedModel.shellCall("call-1", "uname"),
                ScriptedModel.shellCall("call-2", "id")),
            ScriptedModel.text("done"))) {
      Turn turn = ask(server, provider, delivery, CONVERSATION);
      List<Message> longer = new ArrayList<>(CONVERSATION);
      longer.add(new Message.Assistant(turn));
      longer.add(new Message.ToolAnswer(turn.requests().get(0), "STDOUT:\nLinux"));
      longer.add(new Message.ToolAnswer(turn.requests().get(1), ""));
      ask(server, provider, delivery, longer);

      JsonNode body = server.requests().get(1).body();
      assertThat(answers(provider, body))
          .containsExactly("call-1 STDOUT:\nLinux", "call-2 (no output)");
      if (provider == Provider.GOOGLE) {
        assertThat(body.path("contents")).hasSize(3);
        assertThat(body.path("contents").path(2).path("role").asText()).isEqualTo("user");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void mistralGetsIdsOfAllProvidersInItsOwnForm(Delivery delivery) throws Exception {
    try (ScriptedModel server = ScriptedModel.of(ScriptedModel.text("done"))) {
      List<ToolRequest> requests =
          Stream.of("toolu_01A", "call-2", "D681PevKs")
              .map(id -> new ToolRequest(id, "run_shell", "{}"))
              .toList();
      List<Message> longer = new ArrayList<>(CONVERSATION);
      longer.add(new Message.Assistant(new Turn("", requests, Turn.Finish.COMPLETE, Usage.NONE)));
      requests.forEach(request -> longer.add(new Message.ToolAnswer(request, request.id())));
      ask(server, Provider.MISTRAL, delivery, longer);

      JsonNode body = server.requests().getFirst().body();
      List<String> ids = new ArrayList<>();
      body.path("messages")
          .path(2)
          .path("tool_calls")
          .forEach(call -> ids.add(call.path("id").asText()));
      assertThat(ids)
          .hasSize(3)
          .doesNotHaveDuplicates()
          .allMatch(id -> id.matches("[A-Za-z0-9]{9}"))
          .endsWith("D681PevKs");
      assertThat(answers(Provider.MISTRAL, body))
          .containsExactly(
              ids.get(0) + " toolu_01A", ids.get(1) + " call-2", ids.get(2) + " D681PevKs");
    }
  }

  private static List<String> answers(Provider provider, JsonNode body) {
    List<String> answers = new ArrayList<>();
    switch (provider.api()) {
      case CHAT_COMPLETIONS -> {
        for (JsonNode message : body.path("messages")) {
          if (message.path("role").asText().equals("tool")) {
            answers.add(
                message.path("tool_call_id").asText() + " " + message.path("content").asText());
          }
        }
      }
      case MESSAGES -> {
        JsonNode messages = body.path("messages");
        for (JsonNode part : messages.path(messages.size() - 1).path("content")) {
          JsonNode content = part.path("content");
          answers.add(
              part.path("tool_use_id").asText()
                  + " "
                  + (content.isArray() ? content.path(0).path("text") : content).asText());
        }
      }
      case GENERATE_CONTENT -> {
        for (JsonNode content : body.path("contents")) {
          for (JsonNode part : content.path("parts")) {
            if (part.has("functionResponse")) {
              JsonNode answer = part.path("functionResponse");
              answers.add(
                  answer.path("id").asText()
                      + " "
                      + answer.path("response").path("response").asText());
            }
          }
        }
      }
    }
    return answers;
  }

  @ParameterizedTest
  @EnumSource
  void whatGoogleSignedComesBackWithItsTurn(Delivery delivery) throws Exception {
    try (ScriptedModel server =
        ScriptedModel.of(
            ScriptedModel.calls(
                ScriptedModel.shellCall("call-1", "uname"),
                ScriptedModel.shellCall("call-2", "id")),
            ScriptedModel.text("done"))) {
      Turn turn = ask(server, Provider.GOOGLE, delivery, CONVERSATION);
      List<Message> longer = new ArrayList<>(CONVERSATION);
      longer.add(new Message.Assistant(turn));
      turn.requests().forEach(request -> longer.add(new Message.ToolAnswer(request, "x")));
      ask(server, Provider.GOOGLE, delivery, longer);

      assertThat(turn.continuation().map(Continuation::model)).contains("google:a-model");
      JsonNode parts = server.requests().get(1).body().path("contents").path(1).path("parts");
      assertThat(parts.path(0).path("thoughtSignature").asText())
          .isEqualTo(ScriptedGemini.SIGNATURE);
      assertThat(parts.path(1).path("functionCall").path("name").asText()).isEqualTo("run_shell");
    }
  }

  @ParameterizedTest
  @MethodSource("protocolsAndDeliveries")
  void aCutAnswerAndAFilteredOneSaySo(Provider provider, Delivery delivery) throws Exception {
    try (ScriptedModel server =
        ScriptedModel.of(
            new ScriptedModel.Reply.Stopped("half", "length"),
            new ScriptedModel.Reply.Stopped("", "content_filter"))) {
      assertThat(ask(server, provider, delivery, CONVERSATION).finish())
          .isEqualTo(Turn.Finish.LENGTH);
      assertThat(ask(server, provider, delivery, CONVERSATION).finish())
          .isEqualTo(Turn.Finish.CONTENT_FILTER);
    }
  }

  @ParameterizedTest
  @MethodSource("protocolsAndDeliveries")
  void aRefusedKeyNamesItsVariableAndNeverTheKey(Provider provider, Delivery delivery) {
    String key = "a-key-of-";
    String body =
        switch (provider.api()) {
          case CHAT_COMPLETIONS -> "{\"error\":{\"message\":\"Incorrect API key\"}}";
          case MESSAGES ->
              "{\"type\":\"error\",\"error\":{\"type\":\"authentication_error\","
                  + "\"message\":\"invalid x-api-key\"}}";
          case GENERATE_CONTENT ->
              "{\"error\":{\"code\":400,\"message\":\"API key not valid.\",\"status\":"
                  + "\"INVALID_ARGUMENT\",\"details\":[{\"reason\":\"API_KEY_INVALID\"}]}}";
        };
    int status = provider.api() == Api.GENERATE_CONTENT ? 400 : 401;
    try (ScriptedModel server = ScriptedModel.of(ScriptedModel.status(status, body))) {
      ModelException fault = fault(server, provider, delivery);

      assertThat(fault.kind()).isEqualTo(Kind.KEY_REFUSED);
      assertThat(fault)
          .hasMessageContaining(
              "does not accept the key in " + provider.keyVariable().orElseThrow());
      assertThat(fault.getMessage() + fault.remedy()).doesNotContain(key);
    }
  }

  @ParameterizedTest
  @MethodSource("protocolsAndDeliveries")
  void aMissingModelIsNotAMissingApi(Provider provider, Delivery delivery) {
    String body =
        switch (provider.api()) {
          case CHAT_COMPLETIONS -> "{\"error\":{\"code\":\"model_not_found\"}}";
          case MESSAGES ->
              "{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\","
                  + "\"message\":\"model: a-model\"}}";
          case GENERATE_CONTENT ->
              "{\"error\":{\"code\":404,\"message\":\"models/a-model is not found\"}}";
        };
    try (ScriptedModel server =
        ScriptedModel.of(
            ScriptedModel.status(404, body), ScriptedModel.status(404, "<h1>Not Found</h1>"))) {
      ModelException noModel = fault(server, provider, delivery);
      ModelException noApi = fault(server, provider, delivery);

      assertThat(noModel.kind()).isEqualTo(Kind.MODEL_UNKNOWN);
      assertThat(noModel.remedy()).contains("--model " + provider.id() + ":");
      assertThat(noApi.kind()).isEqualTo(Kind.API_NOT_FOUND);
      assertThat(noApi).hasMessageContaining("has no " + provider.api().title() + " API (404)");
      assertThat(noApi.remedy())
          .contains("ends with " + provider.api().version(), provider.urlVariable());
    }
  }

  @ParameterizedTest
  @MethodSource("protocolsAndDeliveries")
  void rateLimitsAndOverloadAreWaitedOut(Provider provider, Delivery delivery) throws Exception {
    try (ScriptedModel server =
        ScriptedModel.of(
            new ScriptedModel.Reply.Raw(429, Map.of("Retry-After", "7"), "{\"error\":{}}"),
            ScriptedModel.status(
                provider.api() == Api.MESSAGES ? 529 : 503,
                "{\"type\":\"error\",\"error\":{\"message\":\"Overloaded\"}}"),
            ScriptedModel.text("at last"))) {
      Turn turn = ask(server, provider, delivery, CONVERSATION);

      assertThat(turn.text()).isEqualTo("at last");
      assertThat(pauses).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(1));
    }
  }

  @ParameterizedTest
  @MethodSource("protocolsAndDeliveries")
  void aServerThatKeepsFailingIsAskedThreeTimes(Provider provider, Delivery delivery) {
    try (ScriptedModel server =
        ScriptedModel.of(
            ScriptedModel.status(500, ""),
            ScriptedModel.status(500, ""),
            ScriptedModel.status(529, "{\"error\":{\"message\":\"Overloaded\"}}"))) {
      ModelException fault = fault(server, provider, delivery);

      assertThat(fault.kind()).isEqualTo(Kind.SERVER_FAILED);
      assertThat(fault).hasMessageEndingWith("is overloaded (529): Overloaded");
      assertThat(server.requests()).hasSize(3);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"OPENAI", "ANTHROPIC", "GOOGLE"})
  void anErrorInTheMiddleOfAStreamAndAMissingEndAreFaults(Provider provider) {
    String error = "{\"type\":\"error\",\"error\":{\"message\":\"out of memory\"}}";
    String failing =
        switch (provider.api()) {
          case CHAT_COMPLETIONS, GENERATE_CONTENT ->
              "data: {\"error\": {\"message\":\"out of memory\"}}\n\n";
          case MESSAGES -> "event: error\ndata: " + error + "\n\n";
        };
    String endless =
        switch (provider.api()) {
          case CHAT_COMPLETIONS -> "data: {\"choices\":[{\"delta\":{\"content\":\"Half\"}}]}\n\n";
          case GENERATE_CONTENT ->
              "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Half\"}]}}]}\n\n";
          case MESSAGES ->
              "event: content_block_start\ndata: {\"type\":\"content_block_start\","
                  + "\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"Half\"}}\n\n";
        };
    try (ScriptedModel server = ScriptedModel.of(stream(failing), stream(endless))) {
      ModelException failed = fault(server, provider, Delivery.STREAMED);
      ModelException cut = fault(server, provider, Delivery.STREAMED);

      assertThat(failed.kind()).isEqualTo(Kind.SERVER_FAILED);
      assertThat(failed).hasMessageEndingWith("failed in its answer: out of memory");
      assertThat(cut.kind()).isEqualTo(Kind.CONNECTION_LOST);
    }
  }

  @ParameterizedTest
  @MethodSource("protocolsAndDeliveries")
  void anAnswerThatIsNotItsApisSaysSo(Provider provider, Delivery delivery) {
    try (ScriptedModel server =
        ScriptedModel.of(
            new ScriptedModel.Reply.Raw(
                200, Map.of("Content-Type", "text/html"), "<html>Welcome to the proxy"))) {
      ModelException fault = fault(server, provider, delivery);

      assertThat(fault.kind()).isEqualTo(Kind.ANSWER_MALFORMED);
      assertThat(fault).hasMessageEndingWith(": <html>Welcome to the proxy");
    }
  }

  @ParameterizedTest
  @MethodSource("protocolsAndDeliveries")
  void aModelThatTakesNoTemperatureIsAskedWithoutFromThenOn(Provider provider, Delivery delivery)
      throws Exception {
    try (ScriptedModel server =
            ScriptedModel.of(
                ScriptedModel.status(
                    400, "{\"error\":{\"message\":\"`temperature` is deprecated\"}}"),
                ScriptedModel.text("one"),
                ScriptedModel.text("two"));
        Model model = open(server, provider, delivery)) {
      assertThat(model.next(CONVERSATION, List.of(), events::add).text()).isEqualTo("one");
      assertThat(model.next(CONVERSATION, List.of(), events::add).text()).isEqualTo("two");

      assertThat(server.requests())
          .extracting(request -> request.body().toString().contains("temperature"))
          .containsExactly(true, false, false);
    }
  }

  @Test
  void aPromptThatGoogleBlocksIsWithheldAndNotMalformed() throws Exception {
    String blocked = "{\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}";
    for (Delivery delivery : Delivery.values()) {
      try (ScriptedModel server =
          ScriptedModel.of(
              delivery == Delivery.WHOLE
                  ? ScriptedModel.status(200, blocked)
                  : stream("data: " + blocked + "\n\n"))) {
        assertThat(ask(server, Provider.GOOGLE, delivery, CONVERSATION).finish())
            .as(delivery.name())
            .isEqualTo(Turn.Finish.CONTENT_FILTER);
      }
    }
  }

  private Turn ask(
      ScriptedModel server, Provider provider, Delivery delivery, List<Message> conversation)
      throws Exception {
    try (Model model = open(server, provider, delivery)) {
      return model.next(conversation, List.of(), events::add);
    }
  }

  private ModelException fault(ScriptedModel server, Provider provider, Delivery delivery) {
    return catchThrowableOfType(
        ModelException.class, () -> ask(server, provider, delivery, CONVERSATION));
  }

  private Model open(ScriptedModel server, Provider provider, Delivery delivery) {
    ModelSettings settings = settings(provider.id(), Optional.empty());
    return new HttpModel(
        ModelEndpoint.of(settings, RoleEnvironment.ofProcess(server.environment())),
        settings,
        delivery,
        new RetryPolicy(3, Duration.ofSeconds(60), pauses::add, Clock.systemUTC()));
  }

  private static ModelSettings settings(String provider, Optional<URI> baseUrl) {
    return TestModels.settings(provider, "a-model", baseUrl, Optional.empty(), 0.1, 4096);
  }

  private static ScriptedModel.Reply stream(String events) {
    return new ScriptedModel.Reply.Raw(200, Map.of("Content-Type", "text/event-stream"), events);
  }
}

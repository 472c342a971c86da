package initrunner.model.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.agent.ScriptedModel;
import initrunner.model.Message;
import initrunner.model.Model;
import initrunner.model.ModelException;
import initrunner.model.ModelException.Kind;
import initrunner.model.RunEvent;
import initrunner.model.TestModels;
import initrunner.model.ToolRequest;
import initrunner.model.Turn;
import initrunner.model.Usage;
import initrunner.model.answer.ServerDiagnosis;
import initrunner.model.endpoint.ApiKey;
import initrunner.model.endpoint.ModelAddress;
import initrunner.model.endpoint.ModelEndpoint;
import initrunner.model.http.Models.Delivery;
import initrunner.role.Execution;
import initrunner.role.model.Api;
import initrunner.role.model.ModelSettings;
import initrunner.tool.Plan;
import initrunner.tool.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// One turn against a server that follows or breaks the protocol.
class HttpModelTest {

  private static final String HEADER_SECRET = "tenant-5f1c2";
  private static final String KEY = "sk-a-key-that-nobody-may-see";
  private static final List<Message> CONVERSATION =
      List.of(new Message.Instructions("Be brief."), new Message.User("Which kernel?"));

  private final List<Duration> pauses = new ArrayList<>();
  private final List<RunEvent> events = new ArrayList<>();

  @ParameterizedTest
  @EnumSource
  void textArrivesAndIsCounted(Delivery delivery) throws Exception {
    try (ScriptedModel server = ScriptedModel.of(ScriptedModel.text("It is 6.1 – done."))) {
      Turn turn = ask(server, delivery, "gpt-4o");

      assertThat(turn.text()).isEqualTo("It is 6.1 – done.");
      assertThat(turn.requests()).isEmpty();
      assertThat(turn.finish()).isEqualTo(Turn.Finish.COMPLETE);
      assertThat(turn.usage())
          .isEqualTo(new Usage(ScriptedModel.PROMPT_TOKENS, ScriptedModel.COMPLETION_TOKENS));
      assertThat(streamedText()).isEqualTo(turn.text());
      assertThat(server.requests())
          .singleElement()
          .satisfies(request -> {
            assertThat(request.path()).isEqualTo("/v1/chat/completions");
            assertThat(request.headers()).containsEntry("authorization", "Bearer " + KEY);
          });
    }
  }

  @Test
  void aStreamedAnswerArrivesInPieces() throws Exception {
    try (ScriptedModel server = ScriptedModel.of(ScriptedModel.text("one two three"))) {
      ask(server, Delivery.STREAMED, "gpt-4o");

      assertThat(events)
          .containsExactly(
              new RunEvent.TextDelta("one "),
              new RunEvent.TextDelta("two "),
              new RunEvent.TextDelta("three"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void severalToolCallsOfOneTurnKeepTheirOrder(Delivery delivery) throws Exception {
    try (ScriptedModel server =
        ScriptedModel.of(
            ScriptedModel.calls(
                ScriptedModel.shellCall("a", "uname -r"),
                ScriptedModel.shellCall("b", "echo 'héllo \"you\"'")))) {
      Turn turn = ask(server, delivery, "gpt-4o");

      assertThat(turn.requests())
          .containsExactly(
              new ToolRequest("a", "run_shell", "{\"command\":\"uname -r\"}"),
              new ToolRequest("b", "run_shell", "{\"command\":\"echo 'héllo \\\"you\\\"'\"}"));
      assertThat(turn.finish()).isEqualTo(Turn.Finish.COMPLETE);
    }
  }

  @Test
  void theModelIsToldOfEachToolAndItsParametersInOrder() throws Exception {
    try (ScriptedModel server = ScriptedModel.of(ScriptedModel.text("ok"))) {
      ask(server, Delivery.WHOLE, "gpt-4o");

      assertThat(server.requests().getFirst().body().path("tools").toString())
          .isEqualTo(
              "[{\"type\":\"function\",\"function\":{\"name\":\"run_shell\","
                  + "\"description\":\"Runs a command.\",\"parameters\":{\"type\":\"object\","
                  + "\"properties\":{"
                  + "\"command\":{\"type\":\"string\",\"description\":\"What to run.\"},"
                  + "\"tries\":{\"type\":\"integer\",\"description\":\"How often.\"},"
                  + "\"loud\":{\"type\":\"boolean\",\"description\":\"Whether to shout.\"}},"
                  + "\"required\":[\"command\"]}}}]");
    }
  }

  @Test
  void aConversationWithToolAnswersIsSentWhole() throws Exception {
    ToolRequest request = new ToolRequest("c1", "run_shell", "{\"command\":\"uname\"}");
    List<Message> longer =
        List.of(
            CONVERSATION.get(0),
            CONVERSATION.get(1),
            new Message.Assistant(new Turn("", List.of(request), Turn.Finish.COMPLETE, Usage.NONE)),
            new Message.ToolAnswer(request, "STDOUT:\nLinux"));
    try (ScriptedModel server = ScriptedModel.of(ScriptedModel.text("Linux."));
        Model model = open(server.baseUrl(), Delivery.WHOLE, "gpt-4o")) {
      model.next(longer, List.of(), events::add);

      assertThat(server.requests().getFirst().body().path("messages").toString())
          .isEqualTo(
              "[{\"role\":\"system\",\"content\":\"Be brief.\"},"
                  + "{\"role\":\"user\",\"content\":\"Which kernel?\"},"
                  + "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\","
                  + "\"function\":{\"name\":\"run_shell\","
                  + "\"arguments\":\"{\\\"command\\\":\\\"uname\\\"}\"}}]},"
                  + "{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"STDOUT:\\nLinux\"}]");
    }
  }

  @Test
  void anAgentWithoutToolsSendsNoToolsField() throws Exception {
    try (ScriptedModel server = ScriptedModel.of(ScriptedModel.text("ok"));
        Model model = open(server.baseUrl(), Delivery.WHOLE, "gpt-4o")) {
      model.next(CONVERSATION, List.of(), events::add);

      assertThat(server.requests().getFirst().body().has("tools")).isFalse();
    }
  }

  @Test
  void aReasoningModelGetsNoSamplingFieldsAndTheNewNameOfTheTokenLimit() throws Exception {
    for (String name : List.of("gpt-5-mini", "o3", "o4-mini", "openai/gpt-5")) {
      try (ScriptedModel server = ScriptedModel.of(ScriptedModel.text("ok"))) {
        ask(server, Delivery.WHOLE, name);

        assertThat(server.requests().getFirst().body().path("max_completion_tokens").asInt())
            .as(name)
            .isEqualTo(4096);
        assertThat(server.requests().getFirst().body().has("temperature")).as(name).isFalse();
        assertThat(server.requests().getFirst().body().has("max_tokens")).as(name).isFalse();
      }
    }
  }

  @Test
  void anyOtherModelGetsTemperatureAndMaxTokens() throws Exception {
    for (String name : List.of("gpt-4o", "omni-7b", "llama3")) {
      try (ScriptedModel server = ScriptedModel.of(ScriptedModel.text("ok"))) {
        ask(server, Delivery.WHOLE, name);

        assertThat(server.requests().getFirst().body().path("temperature").asDouble())
            .as(name)
            .isEqualTo(0.1);
        assertThat(server.requests().getFirst().body().path("max_tokens").asInt())
            .as(name)
            .isEqualTo(4096);
        assertThat(server.requests().getFirst().body().has("max_completion_tokens"))
            .as(name)
            .isFalse();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCutAnswerAndAFilteredOneSaySo(Delivery delivery) throws Exception {
    try (ScriptedModel server =
        ScriptedModel.of(
            new ScriptedModel.Reply.Stopped("half", "length"),
            new ScriptedModel.Reply.Stopped("", "content_filter"))) {
      assertThat(ask(server, delivery, "gpt-4o").finish()).isEqualTo(Turn.Finish.LENGTH);
      assertThat(ask(server, delivery, "gpt-4o").finish()).isEqualTo(Turn.Finish.CONTENT_FILTER);
    }
  }

  @Test
  void noFailureShowsWhatAHeaderOrTheBodyTakesFromTheEnvironment() {
    String body = "{\"error\":{\"message\":\"no tenant Basic " + HEADER_SECRET + "!\"}}";
    for (ScriptedModel.Reply reply :
        List.of(ScriptedModel.status(400, body), ScriptedModel.status(200, body))) {
      try (ScriptedModel server = ScriptedModel.of(reply)) {
        ModelException fault = fault(server, Delivery.WHOLE);

        assertThat(fault).hasMessageContaining("no tenant Basic [REDACTED]!");
        assertThat(stackTrace(fault)).doesNotContain(HEADER_SECRET);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRefusedKeyNamesItsVariableAndNeverTheKey(Delivery delivery) {
    try (ScriptedModel server =
        ScriptedModel.of(
            ScriptedModel.status(
                401, "{\"error\":{\"message\":\"Incorrect API key provided: " + KEY + ".\"}}"))) {
      ModelException fault = fault(server, delivery);

      assertThat(fault.kind()).isEqualTo(Kind.KEY_REFUSED);
      assertThat(fault)
          .hasMessage(
              "openai at "
                  + server.baseUrl()
                  + " does not accept the key in OPENAI_API_KEY (401): Incorrect API key provided:"
                  + " [REDACTED].");
      assertThat(fault.remedy()).contains("Set OPENAI_API_KEY");
      assertThat(stackTrace(fault)).doesNotContain(KEY);
    }
  }

  @Test
  void aMissingModelIsNotAMissingApi() {
    try (ScriptedModel server =
        ScriptedModel.of(
            ScriptedModel.status(
                404,
                "{\"error\":{\"message\":\"The model `gpt-9` does not exist\","
                    + "\"code\":\"model_not_found\"}}"),
            ScriptedModel.status(404, "<h1>Not Found</h1>"))) {
      ModelException noModel = fault(server, Delivery.WHOLE);
      ModelException noApi = fault(server, Delivery.WHOLE);

      assertThat(noModel.kind()).isEqualTo(Kind.MODEL_UNKNOWN);
      assertThat(noModel.remedy()).contains("--model openai:");
      assertThat(noApi.kind()).isEqualTo(Kind.API_NOT_FOUND);
      assertThat(noApi.remedy()).contains("ends with /v1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRateLimitIsWaitedOutAsLongAsTheServerSays(Delivery delivery) throws Exception {
    try (ScriptedModel server =
        ScriptedModel.of(rateLimit("7"), rateLimit("0.5"), ScriptedModel.text("at last"))) {
      Turn turn = ask(server, delivery, "gpt-4o");

      assertThat(turn.text()).isEqualTo("at last");
      assertThat(pauses).containsExactly(Duration.ofSeconds(7), Duration.ofMillis(500));
      assertThat(events.getFirst())
          .isInstanceOfSatisfying(
              RunEvent.ModelRetry.class,
              retry -> {
                assertThat(retry.reason()).contains("takes no more requests for now (429)");
                assertThat(retry.pause()).isEqualTo(Duration.ofSeconds(7));
              });
    }
  }

  @Test
  void retriesAreBounded() {
    try (ScriptedModel server =
        ScriptedModel.of(
            ScriptedModel.status(503, ""),
            ScriptedModel.status(500, ""),
            ScriptedModel.status(502, "{\"error\":\"upstream is gone\"}"))) {
      ModelException fault = fault(server, Delivery.WHOLE);

      assertThat(fault.kind()).isEqualTo(Kind.SERVER_FAILED);
      assertThat(fault).hasMessageEndingWith("failed (502): upstream is gone");
      assertThat(server.requests()).hasSize(3);
      assertThat(pauses).containsExactly(Duration.ofMillis(500), Duration.ofSeconds(1));
    }
  }

  @Test
  void theLongestPauseIsWaitedOut() throws Exception {
    try (ScriptedModel server = ScriptedModel.of(rateLimit("60"), ScriptedModel.text("at last"))) {
      assertThat(ask(server, Delivery.WHOLE, "gpt-4o").text()).isEqualTo("at last");
      assertThat(pauses).containsExactly(Duration.ofSeconds(60));
    }
  }

  @Test
  void aServerThatWantsTooLongAPauseIsNotAskedAgain() {
    try (ScriptedModel server = ScriptedModel.of(rateLimit("3600"))) {
      ModelException fault = fault(server, Delivery.WHOLE);

      assertThat(fault.kind()).isEqualTo(Kind.RATE_LIMITED);
      assertThat(fault).hasMessageContaining("asks to wait 3600 s");
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void aUsedUpQuotaIsNotWaitedOut() {
    try (ScriptedModel server =
        ScriptedModel.of(
            ScriptedModel.status(
                429,
                "{\"error\":{\"message\":\"You exceeded your current quota\","
                    + "\"code\":\"insufficient_quota\"}}"))) {
      ModelException fault = fault(server, Delivery.WHOLE);

      assertThat(fault.kind()).isEqualTo(Kind.QUOTA_EXHAUSTED);
      assertThat(fault.remedy()).contains("billing");
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void aRequestThatTheServerDoesNotAcceptIsNotRepeated() {
    try (ScriptedModel server =
        ScriptedModel.of(
            ScriptedModel.status(
                400, "{\"error\":{\"message\":\"Unsupported value: 'max_tokens'\"}}"))) {
      ModelException fault = fault(server, Delivery.WHOLE);

      assertThat(fault.kind()).isEqualTo(Kind.REQUEST_REFUSED);
      assertThat(fault).hasMessageContaining("(400): Unsupported value: 'max_tokens'");
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void aModelThatTakesNoTemperatureIsAskedWithoutOneFromThenOn() throws Exception {
    try (ScriptedModel server =
            ScriptedModel.of(
                refusal("Unsupported value: 'Temperature' does not support 0.1"),
                ScriptedModel.text("one"),
                ScriptedModel.text("two"));
        Model model = open(server.baseUrl(), Delivery.WHOLE, "gpt-4o")) {
      assertThat(model.next(CONVERSATION, List.of(), events::add).text()).isEqualTo("one");
      assertThat(model.next(CONVERSATION, List.of(), events::add).text()).isEqualTo("two");

      assertThat(server.requests())
          .extracting(request -> request.body().has("temperature"))
          .containsExactly(true, false, false);
    }
  }

  @Test
  void aTemperatureIsTakenBackOnceAndOnlyWhereTheRequestIsRefused() {
    try (ScriptedModel server =
        ScriptedModel.of(
            refusal("no temperature"),
            refusal("still no temperature"),
            ScriptedModel.text("never asked for"))) {
      assertThat(fault(server, Delivery.WHOLE)).hasMessageContaining("still no temperature");
      assertThat(server.requests()).hasSize(2);
    }
    try (ScriptedModel server =
        ScriptedModel.of(
            ScriptedModel.status(401, "{\"error\":{\"message\":\"temperature\"}}"),
            ScriptedModel.text("never asked for"))) {
      assertThat(fault(server, Delivery.WHOLE).kind()).isEqualTo(Kind.KEY_REFUSED);
      assertThat(server.requests()).hasSize(1);
    }
  }

  private static ScriptedModel.Reply refusal(String words) {
    return ScriptedModel.status(400, "{\"error\":{\"message\":\"" + words + "\"}}");
  }

  /// At an upgrade to HTTP/2, some local servers hang.
  @Test
  void withoutTlsNoOtherProtocolIsAskedFor() throws Exception {
    try (ScriptedModel server = ScriptedModel.of(ScriptedModel.text("ok"))) {
      ask(server, Delivery.WHOLE, "gpt-4o");

      assertThat(server.requests().getFirst().headers())
          .doesNotContainKeys("upgrade", "http2-settings");
    }
  }

  @Test
  void aClosedModelAsksNoServer() {
    try (ScriptedModel server = ScriptedModel.of(ScriptedModel.text("never asked for"))) {
      Model model = open(server.baseUrl(), Delivery.WHOLE, "gpt-4o");
      model.close();

      assertThatThrownBy(() -> model.next(CONVERSATION, List.of(), events::add))
          .isInstanceOf(ModelException.class);
      assertThat(server.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void anAnswerThatIsNoJsonShowsItsStart(Delivery delivery) {
    try (ScriptedModel server =
        ScriptedModel.of(
            new ScriptedModel.Reply.Raw(
                200,
                Map.of("Content-Type", "text/html"),
                "<html><title>Welcome to\nthe proxy</title>"))) {
      ModelException fault = fault(server, delivery);

      assertThat(fault.kind()).isEqualTo(Kind.ANSWER_MALFORMED);
      assertThat(fault).hasMessageEndingWith(": <html><title>Welcome to the proxy</title>");
      assertThat(fault.remedy()).contains("/v1");
    }
  }

  @Test
  void jsonThatIsNoChatCompletionIsToldApartFromAnAnswer() {
    for (String body : List.of("{\"choices\": [", "{}", "{\"choices\":[{}]}", "{\"choices\":7}")) {
      try (ScriptedModel server = ScriptedModel.of(ScriptedModel.status(200, body))) {
        assertThat(fault(server, Delivery.WHOLE).kind()).as(body).isEqualTo(Kind.ANSWER_MALFORMED);
      }
    }
  }

  @Test
  void aStreamOfGarbageOrAnErrorInTheStreamIsAFault() {
    try (ScriptedModel server =
            ScriptedModel.of(stream("data: {\"choices\": nonsense}\n\ndata: [DONE]\n\n"));
        ScriptedModel failing =
            ScriptedModel.of(
                Collections.nCopies(
                        3,
                        stream(
                            "data: {\"error\":{\"message\":\"out of memory\",\"code\":500}}\n\n"))
                    .toArray(ScriptedModel.Reply[]::new))) {
      assertThat(fault(server, Delivery.STREAMED).kind()).isEqualTo(Kind.ANSWER_MALFORMED);

      ModelException failed = fault(failing, Delivery.STREAMED);
      assertThat(failed.kind()).isEqualTo(Kind.SERVER_FAILED);
      assertThat(failed).hasMessageEndingWith("failed in its answer: out of memory");
    }
  }

  @ParameterizedTest
  @EnumSource
  void anAnswerThatEndsInTheMiddleIsNoAnswer(Delivery delivery) {
    try (ScriptedModel server = ScriptedModel.of(new ScriptedModel.Reply.Cut())) {
      ModelException fault = fault(server, delivery);

      assertThat(fault.kind()).isEqualTo(Kind.CONNECTION_LOST);
      assertThat(fault).hasMessageContaining("ended its answer in the middle");
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void aStreamWithoutItsLastEventIsNoAnswer() {
    try (ScriptedModel server =
        ScriptedModel.of(
            stream("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Half\"}}]}\n\n"))) {
      assertThat(fault(server, Delivery.STREAMED).kind()).isEqualTo(Kind.CONNECTION_LOST);
    }
  }

  @Test
  void aRefusedConnectionAndAnUnknownNameAreToldApart() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }

    ModelException refused = fault(URI.create("http://127.0.0.1:" + free + "/v1"));
    ModelException unknown = fault(URI.create("http://no-such-server.invalid/v1"));

    assertThat(refused.kind()).isEqualTo(Kind.CONNECTION_REFUSED);
    assertThat(refused).hasMessageContaining("127.0.0.1:" + free);
    assertThat(unknown.kind()).isEqualTo(Kind.SERVER_UNKNOWN);
    assertThat(unknown).hasMessageContaining("no-such-server.invalid");
  }

  @Test
  void tlsTowardsAServerThatHasNoneIsToldApart() throws Exception {
    try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            try (Socket socket = plain.accept()) {
              socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
              socket.getInputStream().readAllBytes();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });

      assertThat(fault(URI.create("https://127.0.0.1:" + plain.getLocalPort() + "/v1")).kind())
          .isEqualTo(Kind.TLS);
    }
  }

  @Test
  void aConnectionThatIsNotTakenInTimeIsToldApart() {
    ServerDiagnosis diagnosis =
        new ServerDiagnosis(endpoint(URI.create("http://10.0.0.1/v1"), "gpt-4o"));

    ModelException fault =
        diagnosis.ofConnection(new HttpConnectTimeoutException("HTTP connect timed out"));

    assertThat(fault.kind()).isEqualTo(Kind.CONNECT_TIMEOUT);
    assertThat(fault.remedy()).contains("firewall");
  }

  @ParameterizedTest
  @EnumSource
  void anInterruptEndsARequestThatHangs(Delivery delivery) throws Exception {
    try (ScriptedModel server = ScriptedModel.of(new ScriptedModel.Reply.Hang());
        Model model = open(server.baseUrl(), delivery, "gpt-4o")) {
      List<Throwable> ends = new ArrayList<>();
      Thread asking =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  model.next(CONVERSATION, List.of(), events::add);
                } catch (InterruptedException | RuntimeException e) {
                  ends.add(e);
                }
              });
      server.awaitRequest();
      asking.interrupt();
      asking.join();

      assertThat(ends).singleElement().isInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void anInterruptEndsAPause() {
    try (ScriptedModel server = ScriptedModel.of(rateLimit("7"));
        Model model =
            new HttpModel(
                endpoint(server.baseUrl(), "gpt-4o"),
                settings("gpt-4o"),
                Delivery.WHOLE,
                new RetryPolicy(
                    3,
                    Duration.ofSeconds(60),
                    pause -> {
                      throw new InterruptedException();
                    },
                    Clock.systemUTC()))) {
      assertThatThrownBy(() -> model.next(CONVERSATION, List.of(), events::add))
          .isInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void aServerThatNeedsNoKeyGetsNone() throws Exception {
    try (ScriptedModel server = ScriptedModel.of(ScriptedModel.text("ok"));
        Model model =
            TestModels.open(
                TestModels.settings(
                    "local", "llama3", Optional.of(server.baseUrl()), Optional.empty(), 0.1, 100),
                Execution.DEFAULT,
                Map.of("OPENAI_API_KEY", KEY),
                Delivery.WHOLE)) {
      model.next(CONVERSATION, List.of(), events::add);

      assertThat(server.requests().getFirst().headers()).doesNotContainKey("authorization");
    }
  }

  private Turn ask(ScriptedModel server, Delivery delivery, String name) throws Exception {
    try (Model model = open(server.baseUrl(), delivery, name)) {
      return model.next(CONVERSATION, List.of(new ShellLike()), events::add);
    }
  }

  private ModelException fault(ScriptedModel server, Delivery delivery) {
    return catchThrowableOfType(ModelException.class, () -> ask(server, delivery, "gpt-4o"));
  }

  private ModelException fault(URI address) {
    try (Model model = open(address, Delivery.WHOLE, "gpt-4o")) {
      return catchThrowableOfType(
          ModelException.class, () -> model.next(CONVERSATION, List.of(), events::add));
    }
  }

  private Model open(URI address, Delivery delivery, String name) {
    RetryPolicy noWaiting =
        new RetryPolicy(3, Duration.ofSeconds(60), pauses::add, Clock.systemUTC());
    return new HttpModel(endpoint(address, name), settings(name), delivery, noWaiting);
  }

  private static ModelEndpoint endpoint(URI address, String name) {
    return new ModelEndpoint(
        "openai",
        name,
        new ModelAddress(
            Api.CHAT_COMPLETIONS, address, Optional.empty(), Optional.of("OPENAI_API_KEY")),
        Optional.of(new ApiKey("OPENAI_API_KEY", KEY)),
        Optional.empty(),
        List.of(HEADER_SECRET));
  }

  private static ModelSettings settings(String name) {
    return TestModels.settings("openai", name, Optional.empty(), Optional.empty(), 0.1, 4096);
  }

  private static ScriptedModel.Reply rateLimit(String retryAfter) {
    return new ScriptedModel.Reply.Raw(
        429, Map.of("Retry-After", retryAfter), "{\"error\":{\"message\":\"slow down\"}}");
  }

  private static ScriptedModel.Reply stream(String events) {
    return new ScriptedModel.Reply.Raw(200, Map.of("Content-Type", "text/event-stream"), events);
  }

  private String streamedText() {
    StringBuilder text = new StringBuilder();
    events.forEach(event -> {
      if (event instanceof RunEvent.TextDelta(String delta)) {
        text.append(delta);
      }
    });
    return text.toString();
  }

  private static String stackTrace(Throwable thrown) {
    java.io.StringWriter text = new java.io.StringWriter();
    thrown.printStackTrace(new java.io.PrintWriter(text));
    return text.toString();
  }

  /// One parameter of each kind.
  private record ShellLike() implements Tool {

    @Override
    public String name() {
      return "run_shell";
    }

    @Override
    public String type() {
      return "shell";
    }

    @Override
    public String description() {
      return "Runs a command.";
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(
          new Parameter("command", Parameter.Kind.STRING, "What to run.", true),
          new Parameter("tries", Parameter.Kind.INTEGER, "How often.", false),
          new Parameter("loud", Parameter.Kind.BOOLEAN, "Whether to shout.", false));
    }

    @Override
    public Plan plan(Map<String, Object> arguments) {
      return new Plan.Refused("", "only described");
    }
  }
}

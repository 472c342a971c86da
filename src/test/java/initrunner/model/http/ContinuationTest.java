package initrunner.model.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import initrunner.agent.ScriptedModel;
import initrunner.model.Message;
import initrunner.model.Model;
import initrunner.model.ModelException;
import initrunner.model.TestModels;
import initrunner.model.ToolRequest;
import initrunner.model.Turn;
import initrunner.model.Usage;
import initrunner.model.answer.AnswerJson;
import initrunner.model.endpoint.ModelEndpoint;
import initrunner.model.http.Models.Delivery;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.model.ModelSettings;
import initrunner.role.model.Provider;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Data that a server gives with a turn that calls tools, and gets back in the next request.
class ContinuationTest {

  private static final String CALL =
      "{'index':0,'id':'a','type':'function','function':{'name':'run_shell','arguments':'{}'}";

  /// A server's data.
  ///
  /// @param answer in one piece or in events
  /// @param pointer to the data in the next request
  record Given(
      String name,
      Provider provider,
      boolean isStream,
      String answer,
      String pointer,
      String json) {

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Given> given() {
    return Stream.of(
        chat(
            "DeepSeek, whole",
            false,
            "{'content':null,'reasoning_content':'Hm.','tool_calls':[" + CALL + "}]}",
            "/messages/1/reasoning_content",
            "'Hm.'"),
        chat(
            "DeepSeek, a text beside",
            false,
            "{'content':null,'reasoning_content':'Hm.'," + "'tool_calls':[" + CALL + "}]}",
            "/messages/1/content",
            "''"),
        chat(
            "DeepSeek, an empty thought",
            true,
            "{'reasoning_content':'','tool_calls':[" + CALL + "}]}",
            "/messages/1/reasoning_content",
            "''"),
        new Given(
            "DeepSeek, streamed",
            Provider.OPENAI,
            true,
            event("{'choices':[{'delta':{'reasoning_content':'H'}}]}")
                + event("{'choices':[{'delta':{'reasoning_content':'m.'}}]}")
                + event(
                    "{'choices':[{'delta':{'tool_calls':["
                        + CALL
                        + "}]},"
                        + "'finish_reason':'tool_calls'}]}"),
            "/messages/1/reasoning_content",
            "'Hm.'"),
        chat(
            "vLLM",
            true,
            "{'reasoning':'Hm.','tool_calls':[" + CALL + "}]}",
            "/messages/1/reasoning",
            "'Hm.'"),
        new Given(
            "OpenRouter, details in pieces",
            Provider.OPENAI,
            true,
            event(
                    "{'choices':[{'delta':{'reasoning':'H','reasoning_details':[{'type':"
                        + "'reasoning.text','index':0,'text':'H','signature':null}]}}]}")
                + event(
                    "{'choices':[{'delta':{'reasoning':'m.','reasoning_details':[{'type':"
                        + "'reasoning.text','index':0,'text':'m.','signature':'s'}]}}]}")
                + event(
                    "{'choices':[{'delta':{'tool_calls':["
                        + CALL
                        + "}]},"
                        + "'finish_reason':'tool_calls'}]}"),
            "/messages/1/reasoning_details",
            "[{'type':'reasoning.text','index':0,'text':'Hm.','signature':'s'}]"),
        chat(
            "Gemini as Chat Completions",
            true,
            "{'tool_calls':[" + CALL + ",'extra_content':{'google':{'thought_signature':'s'}}}]}",
            "/messages/1/tool_calls/0/extra_content",
            "{'google':{'thought_signature':'s'}}"),
        new Given(
            "Anthropic's protocol, thinking",
            Provider.ANTHROPIC,
            false,
            "{'type':'message','content':[{'type':'thinking','thinking':'Hm.','signature':'s'},"
                + "{'type':'tool_use','id':'a','name':'run_shell','input':{}}],"
                + "'stop_reason':'tool_use'}",
            "/messages/1/content/0",
            "{'type':'thinking','thinking':'Hm.','signature':'s'}"),
        new Given(
            "Anthropic's protocol, streamed thinking",
            Provider.ANTHROPIC,
            true,
            event(
                    "{'type':'content_block_start','index':0,'content_block':{'type':'thinking',"
                        + "'thinking':'','signature':''}}")
                + event(
                    "{'type':'content_block_delta','index':0,'delta':{'type':'thinking_delta',"
                        + "'thinking':'Hm.'}}")
                + event(
                    "{'type':'content_block_delta','index':0,'delta':{'type':'signature_delta',"
                        + "'signature':'s'}}")
                + event(
                    "{'type':'content_block_start','index':1,'content_block':{'type':'tool_use',"
                        + "'id':'a','name':'run_shell','input':{}}}")
                + event("{'type':'message_delta','delta':{'stop_reason':'tool_use'}}")
                + event("{'type':'message_stop'}"),
            "/messages/1/content/0",
            "{'type':'thinking','thinking':'Hm.','signature':'s'}"),
        new Given(
            "Gemini",
            Provider.GOOGLE,
            false,
            "{'candidates':[{'content':{'parts':[{'functionCall':{'name':'run_shell','args':{}},"
                + "'thoughtSignature':'s'}]},'finishReason':'STOP'}]}",
            "/contents/1/parts/0/thoughtSignature",
            "'s'"));
  }

  private static Given chat(
      String name, boolean isStream, String message, String pointer, String json) {
    String answer =
        "{'choices':[{'"
            + (isStream ? "delta" : "message")
            + "':"
            + message
            + ",'finish_reason':'tool_calls'}]}";
    return new Given(
        name, Provider.OPENAI, isStream, isStream ? event(answer) : answer, pointer, json);
  }

  @ParameterizedTest
  @MethodSource("given")
  void aServerGetsBackWhatItGave(Given given) throws Exception {
    try (ScriptedModel server =
            ScriptedModel.of(reply(given), ScriptedModel.text("done"), ScriptedModel.text("done"));
        Model model = open(server, given.provider(), "m", delivery(given));
        Model other = open(server, given.provider(), "another", delivery(given))) {
      List<Message> next = next(model.next(first(), List.of(), _ -> {}));
      model.next(next, List.of(), _ -> {});
      other.next(next, List.of(), _ -> {});

      JsonNode wanted = AnswerJson.parse(given.json().replace('\'', '"')).orElseThrow();
      assertThat(server.requests().get(1).body().at(given.pointer())).isEqualTo(wanted);
      assertThat(server.requests().get(2).body().at(given.pointer())).isNotEqualTo(wanted);
    }
  }

  @Test
  void aServerThatRefusesWhatItGaveIsAskedWithoutFromThenOn() throws Exception {
    Given given = given().findFirst().orElseThrow();
    for (String words :
        List.of(
            "'messages.1' : for 'role:assistant' the following must be satisfied[('messages.1' :"
                + " property 'reasoning_content' is unsupported)]",
            "Extra inputs are not permitted: reasoning_content")) {
      try (ScriptedModel server =
              ScriptedModel.of(
                  reply(given),
                  refusal(words),
                  ScriptedModel.text("one"),
                  ScriptedModel.text("two"));
          Model model = open(server, Provider.OPENAI, "m", Delivery.WHOLE)) {
        List<Message> next = next(model.next(first(), List.of(), _ -> {}));

        assertThat(model.next(next, List.of(), _ -> {}).text()).isEqualTo("one");
        assertThat(model.next(next, List.of(), _ -> {}).text()).isEqualTo("two");
        assertThat(server.requests())
            .extracting(request -> request.body().toString().contains("reasoning_content"))
            .containsExactly(false, true, false, false);
      }
    }
  }

  @Test
  void aServerThatMissesAThoughtOfAnotherModelGetsABlankOne() throws Exception {
    Turn call =
        new Turn(
            "", List.of(new ToolRequest("a", "run_shell", "{}")), Turn.Finish.COMPLETE, Usage.NONE);
    try (ScriptedModel server =
            ScriptedModel.of(
                refusal(
                    "The reasoning_content in the thinking mode must be passed back to the API."),
                ScriptedModel.text("done"));
        Model model = open(server, Provider.DEEPSEEK, "m", Delivery.WHOLE)) {
      assertThat(model.next(next(call), List.of(), _ -> {}).text()).isEqualTo("done");
      assertThat(server.requests().get(1).body().at("/messages/1/reasoning_content").asText("-"))
          .isBlank();
    }
  }

  @Test
  void aServerThatStillRefusesIsNotAskedAgainAndAgain() {
    try (ScriptedModel server =
            ScriptedModel.of(
                refusal("reasoning_content must be passed back"),
                refusal("reasoning_content must be passed back"),
                ScriptedModel.text("never"));
        Model model = open(server, Provider.DEEPSEEK, "m", Delivery.WHOLE)) {
      assertThat(
              catchThrowableOfType(
                  ModelException.class, () -> model.next(first(), List.of(), _ -> {})))
          .hasMessageContaining("must be passed back");
      assertThat(server.requests()).hasSize(2);
    }
  }

  static Stream<Provider> protocols() {
    return Stream.of(Provider.OPENAI, Provider.ANTHROPIC, Provider.GOOGLE);
  }

  @ParameterizedTest
  @MethodSource("protocols")
  void argumentsThatAreNoObjectGoBackInside(Provider provider) throws Exception {
    Turn turn =
        new Turn(
            "",
            List.of(new ToolRequest("a", "run_shell", "{\"command\": \"una")),
            Turn.Finish.COMPLETE,
            Usage.NONE);
    try (ScriptedModel server = ScriptedModel.of(ScriptedModel.text("done"));
        Model model = open(server, provider, "m", Delivery.WHOLE)) {
      assertThat(model.next(next(turn), List.of(), _ -> {}).text()).isEqualTo("done");
      assertThat(server.requests().getFirst().body().toString()).contains("invalid_json", "una");
    }
  }

  private static List<Message> first() {
    return List.of(new Message.User("Which kernel?"));
  }

  private static List<Message> next(Turn turn) {
    return List.of(
        first().getFirst(),
        new Message.Assistant(turn),
        new Message.ToolAnswer(turn.requests().getFirst(), "6.1"));
  }

  private static Delivery delivery(Given given) {
    return given.isStream() ? Delivery.STREAMED : Delivery.WHOLE;
  }

  private static ScriptedModel.Reply reply(Given given) {
    return new ScriptedModel.Reply.Raw(200, Map.of(), given.answer().replace('\'', '"'));
  }

  private static ScriptedModel.Reply refusal(String words) {
    return ScriptedModel.status(
        400,
        AnswerJson.object().set("error", AnswerJson.object().put("message", words)).toString());
  }

  private static String event(String data) {
    return "data: " + data + "\n\n";
  }

  private static Model open(
      ScriptedModel server, Provider provider, String name, Delivery delivery) {
    ModelSettings settings =
        TestModels.settings(provider.id(), name, Optional.empty(), Optional.empty(), 0.1, 4096);
    return new HttpModel(
        ModelEndpoint.of(settings, RoleEnvironment.ofProcess(server.environment())),
        settings,
        delivery,
        new RetryPolicy(1, Duration.ofSeconds(60), _ -> {}, Clock.systemUTC()));
  }
}

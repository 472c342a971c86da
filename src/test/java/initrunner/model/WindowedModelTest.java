package initrunner.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import initrunner.agent.AgentLoop;
import initrunner.agent.AgentRun;
import initrunner.agent.AgentRun.Failure;
import initrunner.agent.Approver;
import initrunner.agent.ScriptedModel;
import initrunner.agent.Toolbox;
import initrunner.model.http.Models;
import initrunner.role.Execution;
import initrunner.role.Guardrails;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.model.ModelSettings;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Conversations that outgrow the model's context.
class WindowedModelTest {

  private static final int WINDOW = 3000;
  private static final int ANSWER = 1000;

  // The server counts only a few tokens: no text has more than four bytes for each.
  private static final int MOST_BYTES = (WINDOW - ANSWER) * 4;
  private static final int OUTPUT = 2500;

  /// In bytes, before the server has counted a long request.
  private static final int ROOM = (WINDOW - ANSWER) * 3;

  /// The command about which a person is asked.
  private static final String ASKED = "rm";

  @TempDir private Path directory;
  private final List<RunEvent> events = new ArrayList<>();

  @Test
  void aRunWithManyBigOutputsIsKeptWithinTheWindow() throws Exception {
    Path recording = directory.resolve("turns.json");
    ScriptedModel.Reply[] script =
        Stream.concat(
                IntStream.range(0, 10)
                    .mapToObj(i -> ScriptedModel.calls(ScriptedModel.shellCall("call-" + i, "x"))),
                Stream.of(ScriptedModel.text("Done.")))
            .toArray(ScriptedModel.Reply[]::new);
    try (ScriptedModel server = ScriptedModel.of(script);
        Model model = new RecordingModel(open(server), recording, text -> text)) {
      assertThat(run(model, "Which kernel?").output()).isEqualTo("Done.");

      assertThat(server.requests()).hasSize(11);
      for (ScriptedModel.Request request : server.requests()) {
        JsonNode messages = request.body().path("messages");
        assertThat(textOf(messages).length()).isLessThan(MOST_BYTES);
        assertThat(messages.path(0).path("content").asText()).isEqualTo("Be brief.");
        assertThat(messages.path(1).path("content").asText()).isEqualTo("Which kernel?");
        assertThat(messages.findValuesAsText("tool_call_id"))
            .isEqualTo(messages.findValuesAsText("id"));
      }
      JsonNode last = server.requests().getLast().body().path("messages");
      assertThat(last.path(3).path("content").asText())
          .isEqualTo("(2500 characters of output were left out: the conversation became too long)");
      assertThat(last.path(last.size() - 1).path("content").asText()).hasSize(OUTPUT);
    }
    assertThat(Files.readString(recording).split("run_shell", -1)).hasSize(11);
    assertThat(events)
        .filteredOn(RunEvent.ConversationShortened.class::isInstance)
        .containsExactly(
            new RunEvent.ConversationShortened(
                "the conversation is longer than spec.model.context_window allows (3000); the model"
                    + " is no longer shown its oldest parts: 1 tool output"));
  }

  @Test
  void aPausedRunKeepsAllThatTheModelWasNotShown() {
    ScriptedModel.Reply[] script =
        Stream.concat(
                Stream.generate(() -> ScriptedModel.shell("x")).limit(4),
                Stream.of(ScriptedModel.shell(ASKED)))
            .toArray(ScriptedModel.Reply[]::new);
    try (ScriptedModel server = ScriptedModel.of(script);
        Model model = open(server)) {
      AgentRun.Pause pause = run(model, "Go.").pause().orElseThrow();

      assertThat(server.requests().getLast().body().toString()).contains("were left out");
      assertThat(pause.transcript().messages())
          .filteredOn(Message.ToolAnswer.class::isInstance)
          .extracting(message -> ((Message.ToolAnswer) message).text())
          .hasSize(4)
          .containsOnly("x".repeat(OUTPUT));
    }
  }

  @Test
  void aPromptThatHasNoRoomEndsTheRunBeforeTheModelIsAsked() {
    try (ScriptedModel server = ScriptedModel.of();
        Model model = open(server)) {
      Failure failure = run(model, "x".repeat(6100)).failure().orElseThrow();

      assertThat(failure.kind()).isEqualTo(Failure.Kind.USAGE_LIMIT);
      assertThat(failure.message()).contains("about 20", "(spec.model.context_window: 3000)");
      assertThat(failure.remedy()).startsWith("Raise spec.model.context_window");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void whatTheServerCountedInALongRequestIsTheMeasureOfTheNext() throws Exception {
    List<Message> fits =
        List.of(new Message.Instructions("Be brief."), new Message.User("x".repeat(5000)));
    try (ScriptedModel server = ScriptedModel.of(counting(2500), counting(11));
        Model model = open(server)) {
      model.next(fits, List.of(), events::add);

      assertThat(run(model, "x".repeat(5000)).failure().map(Failure::message))
          .hasValueSatisfying(
              why -> assertThat(why).startsWith("what the model has to see is about 25"));
      assertThat(server.requests()).hasSize(1);
    }
  }

  /// Gives the same answer each time, and keeps the conversations.
  private record Saying(long counted, List<List<Message>> shown) implements Model {

    Saying(long counted) {
      this(counted, new ArrayList<>());
    }

    @Override
    public String provider() {
      return "none";
    }

    @Override
    public String name() {
      return "none";
    }

    @Override
    public Turn next(List<Message> conversation, List<Tool> tools, Consumer<RunEvent> events) {
      shown.add(conversation);
      return new Turn("ok", List.of(), Turn.Finish.COMPLETE, new Usage(counted, 1));
    }
  }

  /// A prompt of so many bytes, its frame included.
  private static List<Message> prompt(long bytes) {
    return List.of(
        new Message.User("x".repeat((int) (bytes - Shortened.size(new Message.User(""))))));
  }

  private static boolean takes(Model model, List<Message> conversation, Tool... tools)
      throws InterruptedException {
    try {
      model.next(conversation, List.of(tools), _ -> {});
      return true;
    } catch (ModelException full) {
      assertThat(full.kind()).isEqualTo(ModelException.Kind.CONTEXT_FULL);
      return false;
    }
  }

  @Test
  void theWindowIsFilledToItsLastByteByWhatIsSaidAndByTheTools() throws Exception {
    Tool tool = new ShortenedTest.Described("name", "what", "parameter", "which");
    long ofTool = Shortened.size(tool);
    Model model = new WindowedModel(new Saying(0), WINDOW, ANSWER);

    assertThat(takes(model, prompt(ROOM))).isTrue();
    assertThat(takes(model, prompt(ROOM + 1))).isFalse();
    assertThat(takes(model, prompt(ROOM - ofTool), tool)).isTrue();
    assertThat(takes(model, prompt(ROOM - ofTool + 1), tool)).isFalse();
  }

  @Test
  void whatHasNoRoomIsToldInTokens() {
    Model model = new WindowedModel(new Saying(0), WINDOW, ANSWER);

    assertThat(
            catchThrowableOfType(
                ModelException.class, () -> model.next(prompt(9000), List.of(), _ -> {})))
        .hasMessage(
            "what the model has to see is about 3000 tokens, and beside an answer of up to 1000"
                + " (spec.model.max_tokens) it takes 2000 (spec.model.context_window: 3000);"
                + " nothing more can be left out");
  }

  @Test
  void onlyACountOfALongRequestIsAMeasure() throws Exception {
    long quarter = ROOM / 4;
    // Of four bytes for each token, which a prompt of more than the room has to prove.
    Model ofShort = new WindowedModel(new Saying(quarter / 4), WINDOW, ANSWER);
    assertThat(takes(ofShort, prompt(quarter))).isTrue();
    assertThat(takes(ofShort, prompt(ROOM + 1))).isFalse();

    Model ofLong = new WindowedModel(new Saying(quarter / 4), WINDOW, ANSWER);
    assertThat(takes(ofLong, prompt(quarter + 1))).isTrue();
    assertThat(takes(ofLong, prompt(ROOM + 1))).isTrue();
    assertThat(takes(ofLong, prompt(MOST_BYTES + 1))).isFalse();

    Model ofNone = new WindowedModel(new Saying(0), WINDOW, ANSWER);
    assertThat(takes(ofNone, prompt(ROOM))).isTrue();
    assertThat(takes(ofNone, prompt(ROOM + 1))).isFalse();
  }

  @Test
  void whatTheModelSaidBesideTheConversationIsNotShownToIt() throws Exception {
    Saying saying = new Saying(0);
    Turn verdict = new Turn("{}", List.of(), Turn.Finish.COMPLETE, Usage.NONE);
    List<Message> conversation = List.of(new Message.Verdict(verdict), new Message.User("Go."));

    new WindowedModel(saying, WINDOW, ANSWER).next(conversation, List.of(), _ -> {});

    assertThat(saying.shown()).containsExactly(List.of(new Message.User("Go.")));
  }

  @Test
  void whatIsLeftOutIsToldOnceForEachPrompt() throws Exception {
    Model model = new WindowedModel(new Saying(0), WINDOW, ANSWER);
    ToolRequest call = new ToolRequest("a", "run_shell", "{}");
    List<Message> conversation =
        new ArrayList<>(
            List.of(
                new Message.User("one"),
                new Message.Assistant(
                    new Turn("", List.of(call), Turn.Finish.COMPLETE, Usage.NONE)),
                new Message.ToolAnswer(call, "x".repeat(500)),
                new Message.User("x".repeat(5900))));
    for (int prompts = 1; prompts <= 2; prompts++) {
      for (int turns = 0; turns < 2; turns++) {
        model.next(conversation, List.of(), events::add);
      }
      assertThat(events).hasSize(prompts);
      conversation.add(new Message.User("x".repeat(5900)));
    }
    assertThat(events)
        .extracting(event -> event.toString().replaceAll(".*parts: ", ""))
        .containsExactly("1 tool output, 1 turn]", "1 tool output, 2 turns]");
  }

  private static ScriptedModel.Reply counting(int tokens) {
    return ScriptedModel.status(
        200,
        "{\"id\":\"c\",\"choices\":[{\"index\":0,\"finish_reason\":\"stop\","
            + "\"message\":{\"role\":\"assistant\",\"content\":\"Hi.\"}}],"
            + "\"usage\":{\"prompt_tokens\":"
            + tokens
            + ",\"completion_tokens\":1,\"total_tokens\":"
            + (tokens + 1)
            + "}}");
  }

  private static String textOf(JsonNode messages) {
    return String.join("", messages.findValuesAsText("content"));
  }

  private AgentRun run(Model model, String prompt) {
    Guardrails guardrails =
        new Guardrails(
            Duration.ofMinutes(5), 20, 30, Guardrails.DEFAULT.tokens(), Optional.empty());
    Toolbox tools =
        new Toolbox(
            List.of(),
            WindowedModelTest::big,
            new Toolbox.Approvals(
                call -> call.arguments().containsValue(ASKED),
                Approver.ABSENT,
                WindowedModelTest::big,
                WindowedModelTest::big),
            1,
            Optional.empty());
    return new AgentLoop(model, "Be brief.", tools, guardrails).run(prompt, events::add);
  }

  private static ToolResult big(ToolCall call) {
    return new ToolResult(call.id(), "x".repeat(OUTPUT), ToolResult.Status.SUCCEEDED);
  }

  private static Model open(ScriptedModel server) {
    return Models.open(
        new ModelSettings(
            "openai",
            "gpt",
            Optional.empty(),
            Optional.empty(),
            0.1,
            ANSWER,
            Optional.of(WINDOW),
            ModelSettings.DEFAULT.sampling(),
            ModelSettings.DEFAULT.providerFields(),
            ModelSettings.DEFAULT.additions(),
            ModelSettings.DEFAULT.patience(),
            Optional.empty(),
            ModelSettings.Fallback.NONE),
        Map.of(),
        Execution.DEFAULT,
        RoleEnvironment.ofProcess(server.environment()),
        Models.Delivery.WHOLE);
  }
}

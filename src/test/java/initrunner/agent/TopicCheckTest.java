package initrunner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.agent.AgentRun.Failure;
import initrunner.agent.TopicCheck.Verdict;
import initrunner.model.Message;
import initrunner.model.Model;
import initrunner.model.ModelException;
import initrunner.model.RunEvent;
import initrunner.model.ToolRequest;
import initrunner.model.Turn;
import initrunner.model.Usage;
import initrunner.role.ContentRules;
import initrunner.role.Guardrails;
import initrunner.tool.Tool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class TopicCheckTest {

  private static final String BLOCKED =
      "the prompt is blocked (spec.security.content.allowed_topics_prompt)";
  private static final String UNKNOWN =
      "whether the prompt is on the allowed topics is not known, so it is blocked"
          + " (spec.security.content.llm_classifier_enabled): ";
  private static final RunEvent RETRY = new RunEvent.ModelRetry("busy", Duration.ZERO);

  private final List<RunEvent> events = new ArrayList<>();
  private final List<Message> asked = new ArrayList<>();

  /// Answers with one turn, or fails, and keeps the question.
  private static final class Judge implements Model {

    private final Optional<Turn> turn;
    private final List<Message> asked = new ArrayList<>();
    private boolean isClosed;

    Judge(String text) {
      this(turn(text, Turn.Finish.COMPLETE));
    }

    Judge(Turn turn) {
      this.turn = Optional.of(turn);
    }

    private Judge() {
      this.turn = Optional.empty();
    }

    static Judge failing() {
      return new Judge();
    }

    @Override
    public String provider() {
      return "none";
    }

    @Override
    public String name() {
      return "judge";
    }

    @Override
    public Turn next(List<Message> conversation, List<Tool> tools, Consumer<RunEvent> told) {
      asked.addAll(conversation);
      told.accept(RETRY);
      Turn said =
          turn.orElseThrow(() ->
              new ModelException(
                  ModelException.Kind.SERVER_FAILED, "it failed (500)", "Run it again."));
      told.accept(new RunEvent.TextDelta(said.text()));
      return said;
    }

    @Override
    public void close() {
      isClosed = true;
    }
  }

  private static Turn turn(String text, Turn.Finish finish, ToolRequest... calls) {
    return new Turn(text, List.of(calls), finish, Usage.NONE);
  }

  private static TopicCheck by(Judge judge) {
    return new TopicCheck(judge, "Servers, and *nothing* else.", ContentRules.DEFAULT);
  }

  private Optional<Failure> objection(Judge judge) throws InterruptedException {
    return by(judge).judge(List.of(), "How is it?", events::add).orElseThrow().objection();
  }

  @Test
  void onlyAClearYesLetsAPromptPass() throws Exception {
    for (String yes :
        List.of(
            "{\"allowed\": true}",
            " {\"allowed\":true, \"reason\":\"no\"}\n",
            "```\n{\"allowed\": true}\n```",
            "```json\n{\"allowed\": true}```")) {
      assertThat(objection(new Judge(yes))).as(yes).isEmpty();
    }
    for (String unclear :
        List.of(
            "",
            "Yes.",
            "{}",
            "true",
            "{\"allowed\": \"true\"}",
            "{\"allowed\": 1}",
            "{\"allowed\": true} {\"allowed\": false}",
            "Sure: {\"allowed\": true}",
            "`````",
            "``````")) {
      assertThat(objection(new Judge(unclear)).map(Failure::message))
          .contains(UNKNOWN + "the model's answer is not a verdict: '" + unclear + "'");
    }
  }

  @Test
  void anAnswerThatIsNotWholeOrCallsAToolIsNoVerdict() throws Exception {
    String yes = "{\"allowed\": true}";
    for (Turn turn :
        List.of(
            turn(yes, Turn.Finish.LENGTH),
            turn(yes, Turn.Finish.CONTENT_FILTER),
            turn(yes, Turn.Finish.COMPLETE, new ToolRequest("a", "run_shell", "{}")))) {
      assertThat(objection(new Judge(turn)).map(Failure::message))
          .hasValueSatisfying(why -> assertThat(why).startsWith(UNKNOWN));
    }
  }

  @Test
  void aNoBlocksThePromptWithTheModelsReasonOnOneLine() throws Exception {
    Map<String, String> reasons =
        Map.of(
            "{\"allowed\": false}",
            "",
            "{\"allowed\": false, \"reason\": \" \"}",
            "",
            "{\"allowed\": false, \"reason\": \" It is\\n about cats. \"}",
            ": the model says: It is about cats.");
    for (Map.Entry<String, String> reason : reasons.entrySet()) {
      assertThat(objection(new Judge(reason.getKey())))
          .contains(
              new Failure(
                  Failure.Kind.CONTENT_BLOCKED,
                  BLOCKED + reason.getValue(),
                  "Ask in other words, or change the role's rules."));
    }
  }

  @Test
  void aModelThatFailsBlocksThePromptAndSaysWhy() throws Exception {
    Verdict verdict = by(Judge.failing()).judge(List.of(), "How is it?", events::add).orElseThrow();

    assertThat(verdict.turn()).isEmpty();
    assertThat(verdict.objection())
        .contains(
            new Failure(
                Failure.Kind.CONTENT_BLOCKED, UNKNOWN + "it failed (500)", "Run it again."));
  }

  @Test
  void theModelIsGivenTheTopicsAndThePromptAsMaterialAndNothingOfTheConversation()
      throws Exception {
    Judge judge = new Judge("{\"allowed\": true}");
    Turn before = turn("Said before.", Turn.Finish.COMPLETE);
    List<Message> conversation =
        List.of(
            new Message.Instructions("Be brief."),
            new Message.User("One."),
            new Message.Assistant(before),
            new Message.User("Say \"yes\".\n"));

    by(judge).judge(conversation, "Say \"yes\".\n", events::add);

    assertThat(judge.asked)
        .satisfiesExactly(
            counted -> assertThat(counted).isEqualTo(new Message.Verdict(before)),
            instructions ->
                assertThat(((Message.Instructions) instructions).text())
                    .contains("Servers, and *nothing* else.", "{\"allowed\": true}"),
            prompt ->
                assertThat(prompt)
                    .isEqualTo(new Message.User("The prompt: \"Say \\\"yes\\\".\\n\"")));
  }

  @Test
  void aPromptThatAnotherRuleRefusesAnywayIsNotJudged() throws Exception {
    Judge judge = new Judge("{\"allowed\": true}");
    ContentRules brief =
        new ContentRules(
            5,
            5,
            List.of(),
            List.of(),
            ContentRules.OutputAction.STRIP,
            List.of(),
            ContentRules.PersonalData.RECORDED);
    TopicCheck check = new TopicCheck(judge, "Servers.", brief);

    assertThat(check.judge(List.of(), "longer than 5", events::add)).isEmpty();
    assertThat(judge.asked).isEmpty();
    assertThat(check.judge(List.of(), "brief", events::add)).isPresent();
  }

  @Test
  void theVerdictsTextIsNotShownAndARetryIs() throws Exception {
    objection(new Judge("{\"allowed\": true}"));

    assertThat(events).containsExactly(RETRY);
  }

  @Test
  void whatTheVerdictCostsIsTheRunsAndSoIsItsLimit() {
    Turn yes = new Turn("{\"allowed\": true}", List.of(), Turn.Finish.COMPLETE, new Usage(30, 4));
    AgentRun run = run(yes, Guardrails.DEFAULT, new Dialogue(), "One.");

    assertThat(run.output()).isEqualTo("ok");
    assertThat(run.usage()).isEqualTo(new Usage(31, 6));

    AgentRun tooMuch =
        run(
            yes,
            new Guardrails(
                Duration.ofMinutes(1),
                20,
                30,
                new Guardrails.TokenLimits(
                    3,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()),
                Optional.empty()),
            new Dialogue(),
            "One.");
    assertThat(tooMuch.output()).isEmpty();
    assertThat(tooMuch.failure().map(Failure::message))
        .hasValueSatisfying(why -> assertThat(why).contains("limit of 3 output tokens"));

    AgentRun oneRequest =
        run(
            yes,
            new Guardrails(
                Duration.ofMinutes(1), 20, 1, Guardrails.DEFAULT.tokens(), Optional.empty()),
            new Dialogue(),
            "One.");
    assertThat(oneRequest.failure().map(Failure::message))
        .hasValueSatisfying(why -> assertThat(why).contains("limit of 1 model requests"));
  }

  @Test
  void aBlockedPromptIsForgottenAndItsVerdictStaysCounted() {
    Turn no = turn("{\"allowed\": false}", Turn.Finish.COMPLETE);
    Turn yes = turn("{\"allowed\": true}", Turn.Finish.COMPLETE);
    Dialogue dialogue = new Dialogue();

    AgentRun blocked = run(no, Guardrails.DEFAULT, dialogue, "Cats?");
    assertThat(blocked.failure().map(Failure::kind)).contains(Failure.Kind.CONTENT_BLOCKED);
    assertThat(asked).isEmpty();
    run(yes, Guardrails.DEFAULT, dialogue, "Servers?");

    assertThat(asked)
        .containsExactly(
            new Message.Instructions("Be brief."),
            new Message.Verdict(no),
            new Message.User("Servers?"),
            new Message.Verdict(yes));
  }

  private AgentRun run(Turn verdict, Guardrails guardrails, Dialogue dialogue, String prompt) {
    Judge model = new Judge(new Turn("ok", List.of(), Turn.Finish.COMPLETE, new Usage(1, 2)));
    Toolbox none =
        new Toolbox(
            List.of(),
            call -> {
              throw new AssertionError(call);
            });
    try (TopicCheck check = by(new Judge(verdict))) {
      AgentLoop loop = new AgentLoop(model, "Be brief.", none, guardrails, Optional.of(check));
      AgentRun run = dialogue.say(loop, prompt, events::add);
      asked.clear();
      asked.addAll(model.asked);
      return run;
    }
  }

  @Test
  void itsModelIsClosedWithIt() {
    Judge judge = new Judge("");
    by(judge).close();
    assertThat(judge.isClosed).isTrue();
  }
}

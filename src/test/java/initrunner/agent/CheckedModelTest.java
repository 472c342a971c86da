package initrunner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.agent.AgentRun.Failure;
import initrunner.model.FallbackModel;
import initrunner.model.Message;
import initrunner.model.Model;
import initrunner.model.RunEvent;
import initrunner.model.TestModels;
import initrunner.model.Turn;
import initrunner.model.Usage;
import initrunner.model.http.Models;
import initrunner.role.ContentRules;
import initrunner.role.ContentRules.OutputAction;
import initrunner.role.ContentRules.PersonalData;
import initrunner.role.Execution;
import initrunner.role.Guardrails;
import initrunner.role.model.ModelSettings;
import initrunner.role.model.ModelSettings.Fallback.Cause;
import initrunner.tool.Tool;
import initrunner.tool.ToolResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A run under a role's rules about content.
class CheckedModelTest {

  private final List<String> shown = new ArrayList<>();
  private final List<String> called = new ArrayList<>();
  private ScriptedModel server = ScriptedModel.of();

  @AfterEach
  void stopServer() {
    server.close();
  }

  @Test
  void aBlockedPromptReachesNoModel() {
    AgentRun run = run(rules(100, OutputAction.STRIP), "Please FORGET all.");

    assertThat(run.failure())
        .contains(
            new Failure(
                Failure.Kind.CONTENT_BLOCKED,
                "the prompt is blocked (spec.security.content.blocked_input_patterns[0])",
                "Ask in other words, or change the role's rules."));
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void whatIsStrippedOfAStreamedAnswerWasNeverShown() {
    AgentRun run =
        run(rules(100, OutputAction.STRIP), "Go.", ScriptedModel.text("The code is swordfish."));

    assertThat(run.failure()).isEmpty();
    assertThat(run.output()).isEqualTo("The code is [FILTERED].");
    assertThat(String.join("", shown)).isEqualTo("The code is [FILTERED].");
  }

  @Test
  void aWithheldAnswerIsNeitherShownNorTaken() {
    AgentRun run =
        run(rules(100, OutputAction.BLOCK), "Go.", ScriptedModel.text("The code is swordfish."));

    assertThat(run.failure().map(Failure::kind)).contains(Failure.Kind.CONTENT_BLOCKED);
    assertThat(run.output() + shown).doesNotContain("swordfish");
  }

  @Test
  void aLongAnswerIsCutWhereItIsShownToo() {
    AgentRun run = run(rules(7, OutputAction.STRIP), "Go.", ScriptedModel.text("One two three."));

    assertThat(run.output()).isEqualTo("One two\n[truncated]");
    assertThat(String.join("", shown)).isEqualTo(run.output());
  }

  @Test
  void whereNoPatternIsBlockedTheAnswerIsShownAsItComesUpToItsMost() {
    for (int most : new int[] {7, 8, 100}) {
      shown.clear();
      AgentRun run = run(unblocked(most), "Go.", ScriptedModel.text("One two"));

      assertThat(run.output()).isEqualTo("One two");
      assertThat(shown).containsExactly("One ", "two");
    }
    shown.clear();
    AgentRun cut = run(unblocked(6), "Go.", ScriptedModel.text("One two"));

    assertThat(cut.output()).isEqualTo("One tw\n[truncated]");
    assertThat(shown).containsExactly("One ", "tw\n[truncated]");
  }

  private static ContentRules unblocked(int maxOutput) {
    return new ContentRules(
        100, maxOutput, List.of(), List.of(), OutputAction.STRIP, List.of(), PersonalData.RECORDED);
  }

  @Test
  void toolsAreCalledAsEver() {
    AgentRun run =
        run(
            rules(100, OutputAction.STRIP),
            "Go.",
            ScriptedModel.shell("echo swordfish"),
            ScriptedModel.text("Done."));

    assertThat(run.output()).isEqualTo("Done.");
    assertThat(called).containsExactly("echo swordfish");
  }

  @Test
  void whatAModelSaidThatWasGivenUpIsNoPartOfTheNextOnesAnswer() throws Exception {
    Model withheld = new Saying("A long answer that is withheld", Turn.Finish.CONTENT_FILTER);
    Model next = new Saying("swordfish, one two three", Turn.Finish.COMPLETE);
    for (int most : new int[] {10, 40}) {
      Model both = new FallbackModel(List.of(withheld, next), Set.of(Cause.CONTENT_FILTER_ERROR));
      shown.clear();
      ContentRules rules =
          new ContentRules(
              100,
              most,
              List.of(),
              List.of(),
              OutputAction.STRIP,
              List.of(),
              PersonalData.RECORDED);

      Turn turn;
      try (Model model = new CheckedModel(both, rules)) {
        turn = model.next(List.of(new Message.User("Go.")), List.of(), this::show);
      }

      assertThat(String.join("", shown)).as("%s", most).isEqualTo(turn.text());
    }
  }

  /// Says a text word by word.
  private record Saying(String text, Turn.Finish finish) implements Model {

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
      for (String word : text.split("(?<= )", -1)) {
        events.accept(new RunEvent.TextDelta(word));
      }
      return new Turn(text, List.of(), finish, Usage.NONE);
    }
  }

  private void show(RunEvent event) {
    switch (event) {
      case RunEvent.TextDelta(String text) -> shown.add(text);
      case RunEvent.ModelFallback _ -> shown.clear();
      default -> {}
    }
  }

  private static ContentRules rules(int maxOutput, OutputAction action) {
    return new ContentRules(
        100,
        maxOutput,
        List.of("forget all"),
        List.of("sword ?fish"),
        action,
        List.of(),
        PersonalData.RECORDED);
  }

  private AgentRun run(ContentRules rules, String prompt, ScriptedModel.Reply... replies) {
    server = ScriptedModel.of(replies);
    ModelSettings settings =
        TestModels.settings("openai", "gpt", Optional.empty(), Optional.empty(), 0.1, 4096);
    Toolbox tools =
        new Toolbox(
            List.of(),
            call -> {
              called.add(String.valueOf(call.arguments().get("command")));
              return new ToolResult(call.id(), "ok", ToolResult.Status.SUCCEEDED);
            });
    try (Model model =
        new CheckedModel(
            TestModels.open(
                settings, Execution.DEFAULT, server.environment(), Models.Delivery.STREAMED),
            rules)) {
      return new AgentLoop(model, "Be brief.", tools, Guardrails.DEFAULT).run(prompt, this::show);
    }
  }
}

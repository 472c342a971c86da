package initrunner.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.agent.ScriptedModel;
import initrunner.model.http.Models;
import initrunner.model.http.Models.Delivery;
import initrunner.role.Execution;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.model.ModelName;
import initrunner.role.model.ModelPrice;
import initrunner.role.model.ModelSettings;
import initrunner.role.model.ModelSettings.Concurrency;
import initrunner.role.model.ModelSettings.Fallback;
import initrunner.role.model.ModelSettings.Fallback.Cause;
import initrunner.tool.Tool;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Which model is asked after a failure, and how many requests are under way at once.
class FallbackModelTest {

  private static final List<Message> CONVERSATION = List.of(new Message.User("Which kernel?"));

  private static final Execution ONE_ATTEMPT =
      new Execution(
          Optional.empty(), Optional.empty(), Optional.empty(), 1, Duration.ofSeconds(60));

  private final List<RunEvent> events = new ArrayList<>();

  @Test
  void theNextModelIsAskedInItsOwnProtocolAndFromThenOn() throws Exception {
    try (ScriptedModel server =
            ScriptedModel.of(
                ScriptedModel.status(500, ""),
                ScriptedModel.text("one"),
                ScriptedModel.text("two"));
        Model model = open(server, Set.of(Cause.MODEL_API_ERROR))) {
      assertThat(model.next(CONVERSATION, List.of(), events::add).text()).isEqualTo("one");
      assertThat(model.next(CONVERSATION, List.of(), events::add).text()).isEqualTo("two");

      assertThat(server.requests())
          .extracting(ScriptedModel.Request::path)
          .containsExactly("/v1/chat/completions", "/v1/messages", "/v1/messages");
      assertThat(events.getFirst())
          .isInstanceOfSatisfying(
              RunEvent.ModelFallback.class,
              fallback -> {
                assertThat(fallback.reason()).contains("failed (500)");
                assertThat(fallback.next()).isEqualTo("anthropic:claude");
              });
      assertThat(model.provider()).isEqualTo("anthropic");
      assertThat(model.name()).isEqualTo("claude");
    }
  }

  /// Fails, and knows whether it was closed.
  private static final class Failing implements Model {

    private final ModelException.Kind kind;
    private boolean isClosed;

    Failing(ModelException.Kind kind) {
      this.kind = kind;
    }

    @Override
    public String provider() {
      return "none";
    }

    @Override
    public String name() {
      return "failing";
    }

    @Override
    public Turn next(List<Message> conversation, List<Tool> tools, Consumer<RunEvent> told) {
      throw new ModelException(kind, "it failed", "Run it again.");
    }

    @Override
    public void close() {
      isClosed = true;
    }
  }

  @Test
  void aServerThatCannotBeReachedIsNoHttpErrorAndWhatIsWrongHereIsNoFailureOfAModel() {
    Map<ModelException.Kind, Set<Cause>> some =
        Map.of(
            ModelException.Kind.CONNECTION_REFUSED,
            Set.of(Cause.MODEL_API_ERROR),
            ModelException.Kind.SERVER_SILENT,
            Set.of(Cause.MODEL_API_ERROR),
            ModelException.Kind.RATE_LIMITED,
            Set.of(Cause.MODEL_API_ERROR, Cause.MODEL_HTTP_ERROR),
            ModelException.Kind.MODEL_UNKNOWN,
            Set.of(Cause.MODEL_API_ERROR, Cause.MODEL_HTTP_ERROR),
            ModelException.Kind.ANSWER_MALFORMED,
            Set.of(Cause.UNEXPECTED_MODEL_BEHAVIOR),
            ModelException.Kind.KEY_MISSING,
            Set.of(),
            ModelException.Kind.CONTEXT_FULL,
            Set.of());
    some.forEach((kind, causes) -> {
      for (Cause cause : Cause.values()) {
        events.clear();
        Model model =
            new FallbackModel(
                List.of(new Failing(kind), new Failing(ModelException.Kind.TLS)), Set.of(cause));
        assertThatThrownBy(() -> model.next(CONVERSATION, List.of(), events::add))
            .isInstanceOf(ModelException.class);
        assertThat(events).as("%s at %s", cause, kind).hasSize(causes.contains(cause) ? 1 : 0);
      }
    });
  }

  @Test
  void allModelsAreClosedWithIt() {
    List<Failing> all =
        List.of(
            new Failing(ModelException.Kind.TLS), new Failing(ModelException.Kind.CONTEXT_FULL));

    new FallbackModel(List.copyOf(all), Set.of(Cause.MODEL_API_ERROR)).close();

    assertThat(all).allMatch(model -> model.isClosed);
  }

  @Test
  void aFailureThatTheRoleDoesNotNameIsNoCause() {
    try (ScriptedModel server =
            ScriptedModel.of(ScriptedModel.status(200, "{}"), ScriptedModel.text("no"));
        Model model = open(server, Set.of(Cause.MODEL_HTTP_ERROR))) {
      ModelException fault =
          catchThrowableOfType(
              ModelException.class, () -> model.next(CONVERSATION, List.of(), events::add));

      assertThat(fault.kind()).isEqualTo(ModelException.Kind.ANSWER_MALFORMED);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void anAnswerThatCannotBeUsedAndAWithheldOneAreCausesWhereTheRoleNamesThem() throws Exception {
    for (ScriptedModel.Reply reply :
        List.of(
            ScriptedModel.status(200, "{}"),
            new ScriptedModel.Reply.Stopped("", "content_filter"))) {
      try (ScriptedModel server = ScriptedModel.of(reply, ScriptedModel.text("ok"));
          Model model =
              open(server, Set.of(Cause.UNEXPECTED_MODEL_BEHAVIOR, Cause.CONTENT_FILTER_ERROR))) {
        assertThat(model.next(CONVERSATION, List.of(), events::add).text()).isEqualTo("ok");
      }
    }
  }

  @Test
  void aWithheldAnswerCostsWhatItCost() throws Exception {
    ModelPrice dear =
        new ModelPrice(
            new BigDecimal("1000"), new BigDecimal("2000"), Optional.empty(), Optional.empty());
    ModelPrice cheap =
        new ModelPrice(BigDecimal.ONE, BigDecimal.ONE, Optional.empty(), Optional.empty());
    try (ScriptedModel server =
            ScriptedModel.of(
                new ScriptedModel.Reply.Stopped("", "content_filter"), ScriptedModel.text("ok"));
        Model model =
            Models.open(
                settings(Set.of(Cause.CONTENT_FILTER_ERROR), Optional.empty()),
                Map.of("openai:gpt", dear, "anthropic:claude", cheap),
                ONE_ATTEMPT,
                RoleEnvironment.ofProcess(server.environment()),
                Delivery.WHOLE)) {
      Turn turn = model.next(CONVERSATION, List.of(), events::add);

      assertThat(turn.text()).isEqualTo("ok");
      // 11 tokens read and 7 written by each of the two.
      assertThat(turn.usage().dollars())
          .hasValueSatisfying(cost -> assertThat(cost).isEqualByComparingTo("0.025018"));
    }
  }

  @Test
  void whereAllFailTheLastFailureIsTold() {
    try (ScriptedModel server =
            ScriptedModel.of(ScriptedModel.status(500, ""), ScriptedModel.status(401, ""));
        Model model = open(server, Set.of(Cause.MODEL_API_ERROR))) {
      ModelException fault =
          catchThrowableOfType(
              ModelException.class, () -> model.next(CONVERSATION, List.of(), events::add));

      assertThat(fault.kind()).isEqualTo(ModelException.Kind.KEY_REFUSED);
      assertThat(fault).hasMessageContaining("ANTHROPIC_API_KEY");
    }
  }

  @Test
  void aFallbackWithoutAKeyIsLeftOutAndTheFirstModelAnswersOrSaysWhyNot() throws Exception {
    Map<String, String> environment = new HashMap<>();
    try (ScriptedModel server =
        ScriptedModel.of(ScriptedModel.text("Linux"), ScriptedModel.status(500, ""))) {
      environment.putAll(server.environment());
      environment.remove("ANTHROPIC_API_KEY");
      try (Model model =
          TestModels.open(
              settings(Set.of(Cause.MODEL_API_ERROR), Optional.empty()),
              ONE_ATTEMPT,
              environment,
              Delivery.WHOLE)) {
        assertThat(model.next(CONVERSATION, List.of(), events::add).text()).isEqualTo("Linux");
        assertThat(
                catchThrowableOfType(
                    ModelException.class, () -> model.next(CONVERSATION, List.of(), events::add)))
            .hasMessageContaining("failed (500)");
        assertThat(events).noneMatch(RunEvent.ModelFallback.class::isInstance);
      }
    }
  }

  @Test
  void theRolesAttemptsAreCounted() {
    try (ScriptedModel server =
            ScriptedModel.of(ScriptedModel.status(503, ""), ScriptedModel.text("never"));
        Model model =
            TestModels.open(
                TestModels.settings("openai", "gpt", Optional.empty(), Optional.empty(), 0.1, 4096),
                ONE_ATTEMPT,
                server.environment(),
                Delivery.WHOLE)) {
      assertThat(
              catchThrowableOfType(
                      ModelException.class, () -> model.next(CONVERSATION, List.of(), events::add))
                  .kind())
          .isEqualTo(ModelException.Kind.SERVER_FAILED);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void onlySoManyRequestsAreUnderWayAndOnlySoManyWait() throws Exception {
    Concurrency one = new Concurrency(1, Optional.of(0), Optional.empty());
    try (ScriptedModel server =
            ScriptedModel.of(new ScriptedModel.Reply.Hang(), ScriptedModel.text("ok"));
        Model model =
            TestModels.open(
                settings(Set.of(), Optional.of(one)),
                ONE_ATTEMPT,
                server.environment(),
                Delivery.WHOLE)) {
      Thread first =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  model.next(CONVERSATION, List.of(), _ -> {});
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      server.awaitRequest();

      ModelException full =
          catchThrowableOfType(
              ModelException.class, () -> model.next(CONVERSATION, List.of(), events::add));
      first.interrupt();
      first.join();

      assertThat(full.kind()).isEqualTo(ModelException.Kind.QUEUE_FULL);
      assertThat(full).hasMessageContaining("spec.model.concurrency");
      assertThat(model.next(CONVERSATION, List.of(), events::add).text()).isEqualTo("ok");
    }
  }

  private Model open(ScriptedModel server, Set<Cause> causes) {
    return TestModels.open(
        settings(causes, Optional.empty()), ONE_ATTEMPT, server.environment(), Delivery.WHOLE);
  }

  private static ModelSettings settings(Set<Cause> causes, Optional<Concurrency> concurrency) {
    return new ModelSettings(
        "openai",
        "gpt",
        Optional.empty(),
        Optional.empty(),
        0.1,
        4096,
        Optional.empty(),
        ModelSettings.DEFAULT.sampling(),
        ModelSettings.DEFAULT.providerFields(),
        ModelSettings.DEFAULT.additions(),
        ModelSettings.DEFAULT.patience(),
        concurrency,
        causes.isEmpty()
            ? Fallback.NONE
            : new Fallback(List.of(new ModelName("anthropic", "claude")), causes));
  }
}

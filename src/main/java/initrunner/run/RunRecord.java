package initrunner.run;

import initrunner.agent.AgentRun;
import initrunner.agent.Approver;
import initrunner.agent.ContentCheck;
import initrunner.agent.PausedRunException;
import initrunner.audit.AuditEvent;
import initrunner.audit.AuditException;
import initrunner.audit.AuditRun;
import initrunner.audit.AuditStore;
import initrunner.exec.RemedyException;
import initrunner.model.Model;
import initrunner.model.RunEvent;
import initrunner.model.Usage;
import initrunner.runtime.RoleHost;
import initrunner.text.JsonText;
import initrunner.text.Redaction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// Writes the one row of a run in the audit log, for every end. For one run, up to its end or
/// pause.
public final class RunRecord {

  private static final String BLOCKED = "content.blocked";

  private final Optional<AuditStore> store;
  private final RunOrder order;
  private final Instant begin = Instant.now();
  private final long beginNanos = System.nanoTime();
  private final ContentCheck content;
  private UnaryOperator<String> redaction = Redaction::redact;
  private Optional<Model> model = Optional.empty();
  private final RunTimeline timeline = new RunTimeline(this::redacted, Clock.systemUTC());

  /// @param store empty for no audit log
  public RunRecord(Optional<AuditStore> store, RunOrder order) {
    this.store = store;
    this.order = order;
    this.content = new ContentCheck(order.role().security().content());
  }

  private String redacted(String text) {
    return content.redact(redaction.apply(text));
  }

  /// Adds a redaction of the row.
  public void redact(UnaryOperator<String> more) {
    redaction = more;
  }

  /// Takes secrets out of all that is stored of the run.
  UnaryOperator<String> redaction() {
    return redaction;
  }

  /// Sets the run's model; after a fallback the row names that one.
  void asks(Model asked) {
    model = Optional.of(asked);
  }

  RunOrder order() {
    return order;
  }

  /// Keeps the run's events and passes them on.
  Consumer<RunEvent> watching(RunWatch watch) {
    return event -> {
      timeline.accept(event);
      watch.events().accept(event);
    };
  }

  /// Writes the row of a run that ended or paused.
  ///
  /// @throws AuditException if it cannot be written
  void ended(AgentRun run) {
    run.failure()
        .filter(why -> why.kind() == AgentRun.Failure.Kind.CONTENT_BLOCKED)
        .ifPresent(this::blocked);
    append(
        run,
        run.failure().map(AgentRun.Failure::message).or(() -> run.pause().map(RunRecord::waiting)));
  }

  /// The role's rules, or the provider's, blocked a prompt or an answer.
  private void blocked(AgentRun.Failure why) {
    SequencedMap<String, String> details = new LinkedHashMap<>();
    details.put("run", order.runId());
    details.put("reason", redacted(why.message()));
    store.ifPresent(record ->
        record.append(
            new AuditEvent(Instant.now(), BLOCKED, order.role().metadata().name(), details)));
  }

  private static String waiting(AgentRun.Pause pause) {
    return "paused: waits for approval of "
        + pause.calls().stream()
            .map(call -> call.tool() + " (" + call.id() + ")")
            .collect(Collectors.joining(", "));
  }

  /// Does a part of the run. If it throws, the row says so, and the exception is thrown on, with a
  /// failure to write the row as suppressed.
  public <T> T during(Supplier<T> part) {
    try {
      return part.get();
    } catch (AuditException | PausedRunException.Answered unrecorded) {
      throw unrecorded;
    } catch (RemedyException e) {
      failed(e.getMessage(), e);
      throw e;
    } catch (RuntimeException e) {
      failed(internal(e), e);
      throw e;
    }
  }

  /// The row's text for an internal error. The error's own text is left out: it may repeat text of
  /// a host, a model or a role, or a secret.
  public static String internal(Exception failure) {
    return "internal error: " + failure.getClass().getSimpleName();
  }

  private void failed(String why, RuntimeException failure) {
    Duration elapsed = Duration.ofNanos(System.nanoTime() - beginNanos);
    try {
      append(new AgentRun("", Optional.empty(), Usage.NONE, List.of(), elapsed), Optional.of(why));
    } catch (AuditException unrecorded) {
      failure.addSuppressed(unrecorded);
    }
  }

  private void append(AgentRun run, Optional<String> error) {
    if (store.isEmpty()) {
      return;
    }
    store
        .get()
        .append(
            new AuditRun(
                order.runId(),
                order.role().metadata().name(),
                begin,
                redacted(asked()),
                model.map(Model::provider).orElseGet(order.model()::provider),
                model.map(Model::name).orElseGet(order.model()::name),
                redacted(run.output()),
                new AuditRun.Tokens(run.usage().tokensIn(), run.usage().tokensOut()),
                run.toolNames().size(),
                run.duration(),
                error.isEmpty(),
                error.map(this::redacted),
                trigger(run, error.isEmpty()),
                timeline.json(),
                run.toolNames().stream().distinct().toList()));
  }

  /// The prompt; of a resumed run, the person's decisions.
  private String asked() {
    return switch (order.task()) {
      case RunOrder.Task.Ask(String prompt) -> prompt;
      case RunOrder.Task.Describe() -> "";
      case RunOrder.Task.Continue(_, GivenAnswers answers) ->
          answers.given().entrySet().stream()
              .map(answer -> answer.getKey() + ":" + decision(answer.getValue()))
              .collect(Collectors.joining(", ", "(resume: ", ")"));
    };
  }

  private static String decision(Approver.Decision answer) {
    return switch (answer) {
      case Approver.Decision.Yes() -> "approve";
      case Approver.Decision.No _, Approver.Decision.Later() -> "deny";
    };
  }

  private AuditRun.Trigger trigger(AgentRun run, boolean isAnswered) {
    SequencedMap<String, Object> facts = new LinkedHashMap<>();
    String type =
        switch (order.task()) {
          case RunOrder.Task.Ask _, RunOrder.Task.Describe _ -> order.caller().trigger();
          case RunOrder.Task.Continue(_, GivenAnswers answers) -> {
            facts.put("decisions", decisions(answers.given()));
            yield "resume";
          }
        };
    facts.put("ended", isAnswered ? "answered" : end(run));
    run.usage().dollars().ifPresent(cost -> facts.put("cost_usd", cost));
    if (order.role().sandboxNames().isEmpty()) {
      RoleHost place = RoleHost.of(order.role());
      facts.put("backend", place.backend());
      place.host().ifPresent(host -> facts.put("host", redacted(host)));
    }
    return new AuditRun.Trigger(type, Optional.of(JsonText.line(facts)));
  }

  /// Why there is no answer, in a word.
  private static String end(AgentRun run) {
    if (run.pause().isPresent()) {
      return "paused";
    }
    return run.failure().map(why -> why.kind().name().toLowerCase(Locale.ROOT)).orElse("failed");
  }

  private static Map<String, String> decisions(Map<String, Approver.Decision> given) {
    SequencedMap<String, String> words = new LinkedHashMap<>();
    given.forEach((call, answer) -> words.put(call, decision(answer)));
    return words;
  }
}

package initrunner.door.acp;

import initrunner.agent.AgentRun.Failure;
import initrunner.agent.Dialogue;
import initrunner.door.jsonrpc.Exchange;
import initrunner.door.jsonrpc.Json;
import initrunner.door.jsonrpc.RpcException;
import initrunner.exec.RemedyException;
import initrunner.run.RunEnd;
import initrunner.run.RunOrder;
import initrunner.run.RunRecord;
import initrunner.run.RunWatch;
import initrunner.run.SessionBudget;
import java.util.List;
import java.util.Optional;

/// One conversation of an editor. Each prompt is a run with its own id, limits and row in the audit
/// log. Safe for many threads; one prompt at a time.
final class Session {

  private final String id;
  private final OpenAgent open;
  private final List<String> offered;
  private final Dialogue dialogue = new Dialogue();
  private final SessionBudget budget;
  private final AlwaysAllowed always = new AlwaysAllowed();
  private boolean greeted;

  /// Guarded by this object.
  private Optional<PromptUnderWay> current = Optional.empty();

  /// @param offered the MCP servers that the editor offers
  Session(String id, OpenAgent open, List<String> offered) {
    this.id = id;
    this.open = open;
    this.offered = offered;
    this.budget = new SessionBudget(open.order().role());
  }

  String id() {
    return id;
  }

  /// A prompt arrived. If another one is under way, this one is refused.
  synchronized void begin(Json request) {
    if (current.isEmpty()) {
      current = Optional.of(new PromptUnderWay(request));
    }
  }

  /// Stops the prompt that is under way.
  void cancel() {
    underWay().ifPresent(PromptUnderWay::cancel);
  }

  /// The same, if the prompt has this id.
  void cancel(Json request) {
    underWay().filter(each -> each.is(request)).ifPresent(PromptUnderWay::cancel);
  }

  /// Stops the prompt that is under way, and blocks until it has ended.
  void end() throws InterruptedException {
    Optional<PromptUnderWay> last = underWay();
    if (last.isPresent()) {
      last.get().cancel();
      last.get().awaitEnd();
    }
  }

  private synchronized Optional<PromptUnderWay> underWay() {
    return current;
  }

  private synchronized void leave(PromptUnderWay prompt) {
    prompt.leave();
    current = Optional.empty();
  }

  /// Answers a prompt. Blocks until its run has ended, which a cancellation stops.
  ///
  /// @throws RpcException if nothing was asked, or there is no answer
  Json.Obj prompt(Exchange exchange) throws RpcException {
    PromptUnderWay prompt =
        underWay()
            .filter(each -> each.is(exchange.request().id()))
            .orElseThrow(() ->
                new RpcException(
                    RpcException.INVALID_REQUEST,
                    "Invalid request: session " + id + " answers another prompt"));
    prompt.enter();
    try {
      Json.Obj answer = answer(exchange);
      return prompt.isCancelled() ? PromptEnd.CANCELLED : answer;
    } catch (RpcException e) {
      if (prompt.isCancelled()) {
        return PromptEnd.CANCELLED;
      }
      throw e;
    } finally {
      leave(prompt);
    }
  }

  private Json.Obj answer(Exchange exchange) throws RpcException {
    String prompt = PromptText.of(exchange.request().params(), open.elsewhere());
    RunOrder run = open.order().asking(prompt);
    try (Updates updates = new Updates(exchange, id, new ShownCalls(open.runtime(), run.runId()))) {
      greet(updates);
      Optional<Failure> spent = budget.exceeded();
      return spent.isPresent()
          ? PromptEnd.limited(spent.get(), updates)
          : answer(run, updates, new Permissions(exchange, id, updates, always));
    } catch (RemedyException e) {
      throw PromptEnd.failure(e.getMessage(), e.remedy());
    }
  }

  private Json.Obj answer(RunOrder run, Updates updates, Permissions permissions)
      throws RpcException {
    RunRecord record = new RunRecord(open.audit(), run);
    record.redact(open.runtime()::redacted);
    RunWatch watch = new RunWatch(updates, updates::output, permissions);
    RunEnd end =
        record.during(() -> {
          open.runtime().preflight();
          return open.agent().say(dialogue, record, watch);
        });
    budget.add(end.run().usage());
    end.unkept()
        .forEach(each -> updates.say(PromptEnd.sentences(each.getMessage(), each.remedy())));
    budget.warning().ifPresent(updates::say);
    return PromptEnd.of(run, end.run(), updates);
  }

  private void greet(Updates updates) {
    if (greeted) {
      return;
    }
    greeted = true;
    updates.say(open.place());
    open.order().model().elsewhere().forEach(updates::say);
    if (!offered.isEmpty()) {
      updates.say(
          "The editor's MCP servers are not started, as their tools would act on this machine: "
              + String.join(", ", offered)
              + ".");
    }
  }
}

package initrunner.door.mcp;

import initrunner.door.jsonrpc.Exchange;
import initrunner.door.jsonrpc.Json;
import initrunner.door.jsonrpc.RpcException;
import initrunner.exec.RemedyException;
import initrunner.role.Role;
import initrunner.run.CallLimit;
import initrunner.runtime.RoleRuntime;
import initrunner.runtime.output.OutputWatcher;
import initrunner.tool.CallEnd;
import initrunner.tool.PersonsDecision;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/// Makes the calls of clients (MCP, `tools/call`) within the role's limits. Safe for many threads.
final class ToolCalls {

  private final RoleRuntime runtime;
  private final Approvals approvals;
  private final Form form;
  private final CallLimit limit;
  private final Semaphore slots;
  private final AtomicLong nextId = new AtomicLong(1);

  ToolCalls(RoleRuntime runtime, Role role, Approvals approvals, Form form) {
    this.runtime = runtime;
    this.approvals = approvals;
    this.form = form;
    this.limit = new CallLimit(role);
    this.slots = new Semaphore(role.execution().maxConcurrency().orElse(Integer.MAX_VALUE));
  }

  /// Blocks until the call has ended; an interrupt stops its command. A call that the client wants
  /// to be a task goes on behind its answer, once a person has agreed to it where one must.
  ///
  /// @throws RpcException if there is no such tool, or the request names none
  Json.Obj make(Exchange exchange, Client client, Tasks tasks)
      throws RpcException, InterruptedException {
    Json.Obj params = exchange.request().params();
    String tool =
        params
            .text("name")
            .orElseThrow(() -> RpcException.invalidParams("'name' must be the name of a tool"));
    Json arguments = params.get("arguments").orElse(Json.Obj.EMPTY);
    if (!(arguments instanceof Json.Obj named)) {
      throw RpcException.invalidParams("'arguments' must be an object");
    }
    ToolCall call = new ToolCall(Long.toString(nextId.getAndIncrement()), tool, named.plain());
    try (Progress progress = Progress.of(exchange)) {
      Optional<Json.Obj> task = params.object("task").filter(_ -> client.revision().hasTasks());
      RoleRuntime asked =
          runtime.asking(
              client.description(), task.isPresent() ? OutputWatcher.NONE : progress.watcher());
      if (asked.tools().stream().noneMatch(each -> each.name().equals(tool))) {
        throw RpcException.invalidParams(asked.call(call).text());
      }
      Way way =
          task.<Way>map(wished -> making -> tasks.start(wished, making)).orElse(Tasks.Making::make);
      return approved(new Asked(exchange, client, call, progress), asked, way);
    } catch (RemedyException e) {
      return refused(runtime.placeOf(call), e.getMessage() + ". " + e.remedy());
    }
  }

  /// Makes a call at once, or behind its answer.
  private interface Way {
    Json.Obj make(Tasks.Making making) throws RpcException, InterruptedException;
  }

  private record Asked(Exchange exchange, Client client, ToolCall call, Progress progress) {}

  private Json.Obj approved(Asked by, RoleRuntime asked, Way way)
      throws RpcException, InterruptedException {
    ToolCall call = by.call();
    String place = asked.placeOf(call);
    if (!asked.needsApproval(call)) {
      return way.make(() -> limited(place, () -> asked.made(call)));
    }
    if (limit.isReached()) {
      return refused(place, limit.reason() + ".");
    }
    return switch (approvals.ask(by.exchange(), by.client(), call, by.progress())) {
      case Approvals.Answer.AskedFor(Json.Obj question) -> question;
      case Approvals.Answer.Yes() ->
          way.make(() -> limited(place, () -> asked.madeApproved(call, decision(by.client()))));
      case Approvals.Answer.No(String reason) ->
          limited(place, () -> denied(asked.deny(call, decision(by.client())), reason));
    };
  }

  /// A call for several sandboxes runs where no person is asked.
  private static CallEnd denied(ToolResult denied, String reason) {
    String text =
        EndLine.isUnstarted(denied)
            ? "Error: nothing was run: " + reason + "."
            : denied.text() + "\nNot everywhere: " + reason + ".";
    return new CallEnd(new ToolResult(denied.id(), text, denied.status()));
  }

  private static PersonsDecision decision(Client client) {
    return PersonsDecision.now(client.canFillForms() ? "form" : PersonsDecision.APPROVE);
  }

  private interface Making {
    CallEnd make();
  }

  private Json.Obj limited(String place, Making making) throws InterruptedException {
    if (!limit.count()) {
      return refused(place, limit.reason() + ".");
    }
    slots.acquire();
    try {
      return result(making.make(), place);
    } finally {
      slots.release();
    }
  }

  private Json.Obj refused(String place, String why) {
    return result(
        new CallEnd(
            new ToolResult("", "Error: nothing was run: " + why, ToolResult.Status.REFUSED),
            Optional.empty()),
        place);
  }

  private Json.Obj result(CallEnd end, String place) {
    String text = end.result().text() + "\n" + EndLine.of(end, place);
    boolean isError = end.result().status() != ToolResult.Status.SUCCEEDED;
    Json.Obj content = Json.Obj.EMPTY.with("type", "text").with("text", text);
    Json.Obj result =
        Json.Obj.EMPTY.with("content", new Json.Arr(List.of(content))).with("isError", isError);
    return switch (form) {
      case TEXT -> result;
      case STRUCTURED -> result.with("structuredContent", EndLine.structure(end, place));
    };
  }
}

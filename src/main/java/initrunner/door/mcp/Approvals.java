package initrunner.door.mcp;

import initrunner.door.jsonrpc.Exchange;
import initrunner.door.jsonrpc.Json;
import initrunner.door.jsonrpc.RpcException;
import initrunner.run.TerminalApproval;
import initrunner.run.WaitingCalls;
import initrunner.runtime.RoleHost;
import initrunner.text.Hmac;
import initrunner.text.SafeText;
import initrunner.tool.ToolCall;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Asks a person about a call: with a form of the client, or where it shows none, from a terminal
/// with `initrunner approve`. Safe for many threads.
final class Approvals {

  private static final String FIELD = "decision";
  private static final String RUN = "run";
  private static final String KEY = "approval";
  private static final int MOST_OPEN = 10_000;
  private static final int MOST_FIRST = 6000;
  private static final int MOST_LAST = 2000;

  /// The answer to a question.
  sealed interface Answer {

    /// It may run.
    record Yes() implements Answer {}

    /// It may not run.
    ///
    /// @param reason for the model
    record No(String reason) implements Answer {}

    /// The client asks the person, and sends the call again.
    record AskedFor(Json.Obj result) implements Answer {}
  }

  private final WaitingCalls waiting;
  private final Function<ToolCall, RoleHost> placeOf;
  private final Duration patience;
  private final Hmac key = new Hmac(random());

  /// The questions that a client may still answer, each with its end. So an answer counts once.
  private final Map<String, Instant> open = new ConcurrentHashMap<>();

  /// @param placeOf where a call would run
  /// @param patience how long a person may take
  Approvals(WaitingCalls waiting, Function<ToolCall, RoleHost> placeOf, Duration patience) {
    this.waiting = waiting;
    this.placeOf = placeOf;
    this.patience = patience;
  }

  private static byte[] random() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  /// Blocks until there is an answer, if the client cannot send the call again.
  ///
  /// @throws RpcException if the client sends a state that no question about this call had
  Answer ask(Exchange exchange, Client client, ToolCall call, Progress progress)
      throws RpcException, InterruptedException {
    if (!client.canFillForms()) {
      return atTerminal(exchange, client, call, progress);
    }
    return client.revision().isStateless()
        ? stateless(exchange.request().params(), call)
        : answer(exchange.ask("elicitation/create", form(call), patience));
  }

  /// MCP 2026-07-28, multi round-trip requests.
  private Answer stateless(Json.Obj params, ToolCall call) throws RpcException {
    Optional<String> state = params.text("requestState");
    String asked = call.tool() + "\n" + arguments(params);
    if (state.isEmpty() || !isOpen(state.get(), asked)) {
      return new Answer.AskedFor(question(call, asked));
    }
    return answer(params.object("inputResponses").flatMap(each -> each.object(KEY)));
  }

  /// As JSON, which tells any two calls apart.
  private static String arguments(Json.Obj params) {
    return new String(
        params.object("arguments").orElse(Json.Obj.EMPTY).bytes(), StandardCharsets.UTF_8);
  }

  private Json.Obj question(ToolCall call, String asked) throws RpcException {
    open.values().removeIf(end -> end.isBefore(Instant.now()));
    if (open.size() >= MOST_OPEN) {
      throw new RpcException(
          RpcException.INVALID_REQUEST,
          MOST_OPEN
              + " questions are not answered yet; nothing was run. Answer some of them first");
    }
    String nonce = HexFormat.of().formatHex(random());
    open.put(nonce, Instant.now().plus(patience));
    return Json.Obj.EMPTY
        .with("resultType", "input_required")
        .with(
            "inputRequests",
            Json.Obj.EMPTY.with(
                KEY,
                Json.Obj.EMPTY.with("method", "elicitation/create").with("params", form(call))))
        .with("requestState", nonce + "." + signature(nonce, asked));
  }

  private String signature(String nonce, String asked) {
    return key.sign(nonce + "\n" + asked);
  }

  /// Whether the client was asked about this very call, and has not answered.
  private boolean isOpen(String state, String asked) throws RpcException {
    int dot = Math.max(0, state.indexOf('.'));
    String nonce = state.substring(0, dot);
    boolean isOurs =
        MessageDigest.isEqual(
            (nonce + "." + signature(nonce, asked)).getBytes(StandardCharsets.UTF_8),
            state.getBytes(StandardCharsets.UTF_8));
    if (!isOurs) {
      throw RpcException.invalidParams(
          "'requestState' is not of a question about this call; nothing was run. Call again without"
              + " it");
    }
    return Optional.ofNullable(open.remove(nonce))
        .filter(end -> end.isAfter(Instant.now()))
        .isPresent();
  }

  private static Answer answer(Optional<Json.Obj> result) {
    boolean isYes =
        result
            .filter(each -> each.text("action").equals(Optional.of("accept")))
            .flatMap(each -> each.object("content"))
            .flatMap(content -> content.text(FIELD))
            .filter(RUN::equals)
            .isPresent();
    return isYes ? new Answer.Yes() : new Answer.No("a person was asked, and did not approve it");
  }

  /// A required field without a default: some clients accept forms without fields by themselves.
  private Json.Obj form(ToolCall call) {
    String host = placeOf.apply(call).name();
    Json.Obj decision =
        Json.Obj.EMPTY
            .with("type", "string")
            .with("title", "Decision")
            .with("description", "Run it on " + host + ", or refuse it")
            .with("enum", Json.Arr.of(List.of(RUN, "refuse")));
    return Json.Obj.EMPTY
        .with("message", message(call, host))
        .with(
            "requestedSchema",
            Json.Obj.EMPTY
                .with("type", "object")
                .with("properties", Json.Obj.EMPTY.with(FIELD, decision))
                .with("required", Json.Arr.of(List.of(FIELD))));
  }

  private static String message(ToolCall call, String host) {
    StringBuilder message =
        new StringBuilder(SafeText.exact(call.tool()) + " on " + SafeText.exact(host) + ":");
    call.arguments()
        .forEach((name, value) ->
            message
                .append('\n')
                .append(SafeText.exact(name))
                .append(": ")
                .append(shortened(SafeText.exact(String.valueOf(value)))));
    return message.toString();
  }

  private static String shortened(String text) {
    return SafeText.withoutMiddle(text, MOST_FIRST, MOST_LAST, "characters are left out here");
  }

  private Answer atTerminal(Exchange exchange, Client client, ToolCall call, Progress progress)
      throws InterruptedException {
    String arguments = arguments(exchange.request().params());
    TerminalApproval terminal = new TerminalApproval(waiting, placeOf.apply(call), patience);
    return switch (terminal.ask(client.description(), call.tool(), arguments, progress::waitsFor)) {
      case TerminalApproval.Answer.Yes() -> new Answer.Yes();
      case TerminalApproval.Answer.No(String reason) -> new Answer.No(reason);
    };
  }
}

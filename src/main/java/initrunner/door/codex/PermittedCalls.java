package initrunner.door.codex;

import initrunner.door.jsonrpc.Json;
import initrunner.door.jsonrpc.RpcException;
import initrunner.role.Role;
import initrunner.run.CallLimit;
import initrunner.run.TerminalApproval;
import initrunner.runtime.HostAccess;
import initrunner.runtime.HostAccess.Permit;
import initrunner.tool.ToolCall;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Gets a permit for each call of a client: from the role, and from a person where the role wants
/// one. Safe for many threads.
final class PermittedCalls {

  private final HostAccess access;
  private final TerminalApproval approval;
  private final String client;
  private final CallLimit limit;
  private final AtomicLong nextId = new AtomicLong(1);

  /// @param client the program, for a person
  PermittedCalls(HostAccess access, Role role, TerminalApproval approval, String client) {
    this.access = access;
    this.approval = approval;
    this.client = client;
    this.limit = new CallLimit(role);
  }

  HostAccess access() {
    return access;
  }

  /// A permit for a call that changes nothing.
  Permit.Ready toRead(String tool, Json.Obj arguments) throws RpcException, InterruptedException {
    return permit(tool, arguments, _ -> {});
  }

  /// A permit for a call that counts against the role's limit. Blocks while a person is asked; no
  /// person is asked about a call that is over the limit.
  ///
  /// @param waits takes a line for the person who sees the call wait
  /// @throws RpcException if there is none
  Permit.Ready toChange(String tool, Json.Obj arguments, Consumer<String> waits)
      throws RpcException, InterruptedException {
    if (limit.isReached()) {
      throw refused(limit.reason());
    }
    Permit.Ready permit = permit(tool, arguments, waits);
    if (!limit.count()) {
      throw refused(limit.reason());
    }
    return permit;
  }

  private Permit.Ready permit(String tool, Json.Obj arguments, Consumer<String> waits)
      throws RpcException, InterruptedException {
    ToolCall call = new ToolCall(Long.toString(nextId.getAndIncrement()), tool, arguments.plain());
    return switch (access.permit(call)) {
      case Permit.Refused(String reason) ->
          throw new RpcException(RpcException.INVALID_REQUEST, reason);
      case Permit.Ready ready -> approved(ready, arguments, waits);
    };
  }

  private Permit.Ready approved(Permit.Ready ready, Json.Obj arguments, Consumer<String> waits)
      throws RpcException, InterruptedException {
    if (!ready.needsApproval()) {
      return ready;
    }
    String shown = new String(arguments.bytes(), StandardCharsets.UTF_8);
    return switch (approval.ask(client, ready.call().tool(), shown, waits)) {
      case TerminalApproval.Answer.Yes() -> ready;
      case TerminalApproval.Answer.No(String reason) -> {
        access.refuse(ready, "denied");
        throw refused(reason);
      }
    };
  }

  private static RpcException refused(String why) {
    return new RpcException(RpcException.INVALID_REQUEST, "Error: nothing was run: " + why + ".");
  }
}

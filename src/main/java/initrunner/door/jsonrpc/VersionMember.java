package initrunner.door.jsonrpc;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/// Whether messages hold the member `jsonrpc`.
public enum VersionMember {
  /// Each message has it (JSON-RPC 2.0).
  REQUIRED,

  /// No message needs it, `params` may be `null`, and the answer to a request whose id cannot be
  /// read has the id -1 (Codex's dialect, `codex-rs/exec-server-protocol/src/rpc.rs`).
  LEFT_OUT;

  private static final String MEMBER = "jsonrpc";

  /// A message of this side in this dialect.
  Json written(Json message) {
    return switch (this) {
      case REQUIRED -> message;
      case LEFT_OUT -> message instanceof Json.Obj object ? without(object) : message;
    };
  }

  private static Json.Obj without(Json.Obj message) {
    SequencedMap<String, Json> members = new LinkedHashMap<>(message.members());
    members.remove(MEMBER);
    if (message.get("id").equals(Optional.of(new Json.Null()))) {
      members.put("id", new Json.Num("-1"));
    }
    return new Json.Obj(members);
  }
}

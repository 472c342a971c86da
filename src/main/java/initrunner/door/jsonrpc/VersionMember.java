package initrunner.door.jsonrpc;

/// Whether messages hold the member `jsonrpc`.
public enum VersionMember {
  /// Each message has it (JSON-RPC 2.0).
  REQUIRED,

  /// No message needs it, `params` may be `null`, and the answer to a request whose id cannot be
  /// read has the id -1 (Codex's dialect, `codex-rs/exec-server-protocol/src/rpc.rs`).
  LEFT_OUT
}

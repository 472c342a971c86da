package initrunner.door.codex;

import initrunner.door.jsonrpc.RpcException;
import initrunner.text.SafeText;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The version of a client. The protocol has none, and changes from release to release; Codex names
/// its own in a variable of each process. Stateless.
final class CodexVersion {

  /// The release whose messages this server knows, without its last number.
  static final String KNOWN = "0.169";

  private static final String VARIABLE = "CODEX_VERSION";

  private CodexVersion() {}

  /// Refuses a client of another release: it may say what this server does not understand.
  ///
  /// @param environment of a process
  /// @param others whole versions that a person accepts
  static void requireKnown(Map<String, String> environment, Set<String> others)
      throws RpcException {
    Optional<String> version = Optional.ofNullable(environment.get(VARIABLE));
    if (version.isPresent()
        && !version.get().startsWith(KNOWN + ".")
        && !others.contains(version.get())) {
      String shown = SafeText.cut(SafeText.oneLine(version.get()), 50);
      throw new RpcException(
          RpcException.INVALID_REQUEST,
          "this server speaks the protocol of Codex "
              + KNOWN
              + ", not of "
              + shown
              + ": use that Codex, or try yours with exec-server --accept-codex "
              + shown);
    }
  }
}

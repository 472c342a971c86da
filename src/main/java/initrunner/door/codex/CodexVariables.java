package initrunner.door.codex;

import initrunner.door.jsonrpc.RpcException;
import initrunner.exec.Command;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// The variables that a client gives a process. The host gives its own (`PATH`, `HOME`), so none of
/// this machine's replaces them. Stateless.
final class CodexVariables {

  /// What belongs to one machine and account.
  private static final Set<String> OF_A_MACHINE =
      Set.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "SHELL",
          "PWD",
          "OLDPWD",
          "TMPDIR",
          "TEMP",
          "TMP",
          "HOSTNAME",
          "MAIL",
          "DISPLAY",
          "XAUTHORITY",
          "SHLVL",
          "_");

  private CodexVariables() {}

  static Map<String, String> of(Params params) throws RpcException {
    Map<String, String> given = new LinkedHashMap<>();
    if (params.object("envPolicy").isPresent()) {
      given.putAll(params.object("envPolicy").get().map("set"));
    }
    given.putAll(params.map("env"));
    Map<String, String> kept = new LinkedHashMap<>();
    given.forEach((name, value) -> {
      if (Command.isVariableName(name) && !OF_A_MACHINE.contains(name) && isText(value)) {
        kept.put(name, value);
      }
    });
    return kept;
  }

  private static boolean isText(String value) {
    return value.indexOf('\0') < 0;
  }
}

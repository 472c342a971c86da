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

  private static final Set<String> OF_CODEX = Set.of("NO_COLOR", "TERM", "COLORTERM", "LANG");
  private static final Set<String> PAGERS = Set.of("PAGER", "GIT_PAGER", "GH_PAGER");

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

  /// Those that Codex does not set by itself. They may make a permitted program start others, so
  /// rules and a person see them.
  static Map<String, String> unusual(Map<String, String> variables) {
    Map<String, String> unusual = new LinkedHashMap<>(variables);
    unusual
        .entrySet()
        .removeIf(each ->
            OF_CODEX.contains(each.getKey())
                || each.getKey().matches("CODEX_[A-Z_]*|LC_[A-Z]*")
                || (PAGERS.contains(each.getKey()) && each.getValue().equals("cat")));
    return unusual;
  }

  private static boolean isText(String value) {
    return value.indexOf('\0') < 0;
  }
}

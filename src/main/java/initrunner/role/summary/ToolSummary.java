package initrunner.role.summary;

import initrunner.role.tools.DateTimeSettings;
import initrunner.role.tools.FilesystemSettings;
import initrunner.role.tools.GitSettings;
import initrunner.role.tools.Permissions;
import initrunner.role.tools.Permissions.Default;
import initrunner.role.tools.Permissions.Rule;
import initrunner.role.tools.PythonSettings;
import initrunner.role.tools.ScriptSettings;
import initrunner.role.tools.ShellSettings;
import initrunner.role.tools.ThinkSettings;
import initrunner.role.tools.ToolGrant;
import initrunner.role.tools.ToolGrant.Approval;
import initrunner.role.tools.ToolSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What one entry of `spec.tools` may do, in plain language. Stateless.
public final class ToolSummary {

  private ToolSummary() {}

  /// With the conditions for its use.
  static String of(ToolGrant granted) {
    return of(granted.tool())
        + permissions(granted.permissions())
        + (granted.approval() == Approval.REQUIRED ? " A person is asked before each call." : "");
  }

  private static String permissions(Permissions permissions) {
    if (permissions.equals(Permissions.ALLOW_ALL)) {
      return "";
    }
    String denied =
        permissions.deny().isEmpty() ? "" : " Denied: " + list(permissions.deny()) + ".";
    boolean isDefaultAllow = permissions.byDefault() == Default.ALLOW;
    String allowed =
        permissions.allow().isEmpty() ? "" : " Allowed: " + list(permissions.allow()) + ".";
    String rest = isDefaultAllow ? " All else is allowed." : " All else is denied.";
    return denied + allowed + rest;
  }

  private static String list(List<Rule> rules) {
    return rules.stream().map(Rule::toString).collect(Collectors.joining(", "));
  }

  public static String of(ToolSettings tool) {
    return switch (tool) {
      case ShellSettings shell ->
          "Tool shell: "
              + commands(shell)
              + startsIn(shell.workingDir())
              + bounds(shell.timeout(), shell.maxOutputBytes());
      case PythonSettings python ->
          "Tool python: any code"
              + (python.networkDisabled()
                  ? ", without Python's own network sockets (programs that it starts have them)."
                  : ".")
              + startsIn(python.workingDir())
              + bounds(python.timeout(), python.maxOutputBytes());
      case ScriptSettings script ->
          "Tool script: "
              + signatures(script)
              + startsIn(script.workingDir())
              + bounds(script.timeout(), script.maxOutputBytes());
      case FilesystemSettings files ->
          "Tool filesystem: %s%s below %s, where the tools run.%s"
              .formatted(
                  files.readOnly() ? "reads" : "reads and writes",
                  files.allowedExtensions().isEmpty()
                      ? " files"
                      : " files named *" + String.join(", *", files.allowedExtensions()),
                  files.rootPath(),
                  bounds(files.timeout(), files.maxOutputBytes()));
      case DateTimeSettings time ->
          "Tool datetime: tells the time, in "
              + time.defaultTimezone()
              + " where none is named, and reads dates. It runs no command.";
      case ThinkSettings _ -> "Tool think: takes a thought and runs no command.";
      case GitSettings git ->
          "Tool git: %s the repository at %s, where the tools run.%s"
              .formatted(
                  git.readOnly() ? "reads" : "reads and commits to",
                  git.repoPath(),
                  bounds(git.timeout(), git.maxOutputBytes()));
    };
  }

  private static String commands(ShellSettings shell) {
    String blocked = String.join(", ", shell.blockedCommands());
    if (!shell.allowedCommands().isEmpty()) {
      List<String> allowed = new ArrayList<>(shell.allowedCommands());
      allowed.removeAll(shell.blockedCommands());
      return allowed.isEmpty()
          ? "no command, all that are allowed are blocked."
          : "only " + String.join(", ", allowed) + ".";
    }
    return blocked.isEmpty() ? "any command." : "any command but " + blocked + ".";
  }

  private static String signatures(ScriptSettings settings) {
    return settings.scripts().stream()
        .map(script ->
            script.parameters().stream()
                .map(ScriptSettings.Parameter::name)
                .collect(Collectors.joining(", ", script.name() + "(", ") by "))
                .concat(script.interpreter().orElse(settings.interpreter())))
        .collect(Collectors.joining(", ", "", "."));
  }

  private static String startsIn(Optional<String> workingDir) {
    return workingDir.map(directory -> " Starts in " + directory + ".").orElse("");
  }

  private static String bounds(Duration timeout, int maxOutputBytes) {
    return " Each has %s s; the model sees %s bytes of its output."
        .formatted(timeout.toSeconds(), maxOutputBytes);
  }
}

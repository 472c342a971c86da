package initrunner.cli;

import initrunner.cli.console.Console;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The commands with a fast start, which run one after the other in the JVM that [StartupTraining]
/// starts.
final class StartupCommands {

  private final Map<String, String> environment;

  private StartupCommands(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /// Runs all of them.
  ///
  /// @param args the cache: `version`, `help`, `hook`, `exec` or `run`; a home directory, and the
  ///   roles
  public static void main(String[] args) {
    // With the user's environment, to train its filter too, but with a separate audit log.
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment
        .keySet()
        .removeIf(name -> name.startsWith("INITRUNNER_") || name.equals("XDG_DATA_HOME"));
    environment.put("HOME", args[1]);
    StartupCommands commands = new StartupCommands(environment);
    List<String> roles = List.of(args).subList(2, args.length);
    switch (args[0]) {
      case "version" -> version();
      case "help" -> commands.helps(roles.getFirst());
      case "hook" -> commands.hooks();
      case "exec" -> commands.calls(roles);
      case "run" -> commands.runs(roles);
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static void version() {
    // The start script sets it.
    System.setProperty("initrunner.ssh.version", "OpenSSH_10.0p2, OpenSSL 3.5.1");
    Main.main(new String[] {"--version"});
  }

  private void helps(String role) {
    run(List.of("--help"), Console.Output.OTHER);
    run(List.of("validate", role), Console.Output.OTHER);
  }

  private void hooks() {
    // What Claude Code writes to a hook.
    String call =
        """
        {"session_id":"5","cwd":"/","permission_mode":"default","hook_event_name":"PreToolUse",
        "tool_name":"Bash","tool_input":{"command":"make -j4","timeout":120000},"tool_use_id":"t"}
        """;
    // The start script sets it; without it, no command can be made to run on a host.
    System.setProperty("initrunner.script", "initrunner");
    for (List<String> kind :
        List.of(List.of("--server", "box"), List.of("--bash-on-host", "--host", "box"))) {
      List<String> commandLine = new ArrayList<>(List.of("hook", "claude-code"));
      commandLine.addAll(kind);
      Console console =
          new Console(
              new ByteArrayInputStream(call.getBytes(StandardCharsets.UTF_8)),
              OutputStream.nullOutputStream(),
              OutputStream.nullOutputStream(),
              environment,
              Console.Output.OTHER);
      run(commandLine, console);
    }
  }

  /// The second call finds an audit log, as nearly all calls do.
  private void calls(List<String> roles) {
    for (int i = 0; i < 2; i++) {
      roles.forEach(role -> run(List.of("exec", role, "--", "true"), Console.Output.OTHER));
    }
  }

  private void runs(List<String> roles) {
    for (String role : roles) {
      List<String> commandLine = List.of("run", role, "--model", "openai:gpt-5-mini", "-p", "Go.");
      run(commandLine, Console.Output.OTHER);
      run(commandLine, Console.Output.TERMINAL);
    }
  }

  private void run(List<String> commandLine, Console.Output output) {
    run(commandLine, silent(output));
  }

  private static void run(List<String> commandLine, Console console) {
    int status = Main.runUntilSignal(commandLine.toArray(String[]::new), console);
    if (status != 0) {
      System.err.println(commandLine + " ended with status " + status);
    }
  }

  private Console silent(Console.Output output) {
    return new Console(
        InputStream.nullInputStream(),
        OutputStream.nullOutputStream(),
        OutputStream.nullOutputStream(),
        environment,
        output);
  }
}

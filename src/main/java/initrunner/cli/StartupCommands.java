package initrunner.cli;

import initrunner.cli.console.Console;
import java.io.InputStream;
import java.io.OutputStream;
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
  /// @param args the directory of the audit log, and the roles
  public static void main(String[] args) {
    // With the user's environment, to train its filter too, but with a separate audit log.
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.keySet().removeIf(name -> name.startsWith("INITRUNNER_"));
    environment.put("INITRUNNER_HOME", args[0]);
    StartupCommands commands = new StartupCommands(environment);
    List<String> roles = List.of(args).subList(1, args.length);
    Main.main(new String[] {"--version"});
    commands.run(List.of("--help"));
    commands.run(List.of("exec", "--help"));
    commands.run(List.of("validate", roles.getFirst()));
    roles.forEach(role -> commands.run(List.of("exec", role, "--", "true")));
  }

  private void run(List<String> commandLine) {
    int status = Main.runUntilSignal(commandLine.toArray(String[]::new), silent());
    if (status != 0) {
      System.err.println(commandLine + " ended with status " + status);
    }
  }

  private Console silent() {
    return new Console(
        InputStream.nullInputStream(),
        OutputStream.nullOutputStream(),
        OutputStream.nullOutputStream(),
        environment,
        Console.Output.OTHER);
  }
}

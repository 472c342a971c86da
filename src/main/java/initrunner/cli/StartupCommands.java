package initrunner.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/// The commands whose start is made fast: run one after the other in the JVM that [StartupTraining]
/// starts.
final class StartupCommands {

  private StartupCommands() {}

  /// @param args where to record, and the roles: the first one is read, too
  public static void main(String[] args) {
    String auditDatabase = args[0];
    List<String> roles = List.of(args).subList(1, args.length);
    Main.main(new String[] {"--version"});
    run(List.of("--help"));
    run(List.of("exec", "--help"));
    run(List.of("validate", roles.getFirst()));
    roles.forEach(role -> run(List.of("exec", "--audit-db", auditDatabase, role, "--", "true")));
  }

  private static void run(List<String> commandLine) {
    int status = Main.run(commandLine.toArray(String[]::new), silent());
    if (status != 0) {
      System.err.println(commandLine + " ended with status " + status);
    }
  }

  private static Console silent() {
    return new Console(
        InputStream.nullInputStream(),
        OutputStream.nullOutputStream(),
        OutputStream.nullOutputStream(),
        Map.of(),
        Console.Output.OTHER);
  }
}

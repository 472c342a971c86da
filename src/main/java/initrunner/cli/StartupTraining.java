package initrunner.cli;

import initrunner.exec.SearchPath;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Runs the usual commands once, in one JVM, so that its ahead-of-time cache holds what they load
/// and link. Touches nothing but the directory that it is given, and connects to nothing but a
/// server of its own.
final class StartupTraining {

  private StartupTraining() {}

  public static void main(String[] args) throws IOException {
    Path directory = Files.createDirectories(Path.of(args[0]));
    Path role = Files.writeString(directory.resolve("role.yaml"), SAMPLE);
    List<List<String>> commandLines =
        List.of(
            List.of("--help"),
            List.of("exec", "--help"),
            List.of("validate", role.toString()),
            List.of(
                "exec",
                "--audit-db",
                directory.resolve("audit.db").toString(),
                role.toString(),
                "--",
                "true"));
    Main.main(new String[] {"--version"});
    commandLines.forEach(StartupTraining::run);
    if (SearchPath.find("ssh").isPresent()) {
      overSsh();
    }
  }

  private static void overSsh() {
    try (DemoWorkspace workspace = DemoWorkspace.create();
        DemoServer server =
            DemoServer.start(
                workspace.hostKey(), workspace.userKey().getPublic(), workspace.home())) {
      workspace.writeConfiguration(server.port());
      run(
          List.of(
              "exec",
              "--audit-db",
              workspace.auditDatabase().toString(),
              workspace.role().toString(),
              "--",
              "true"));
    }
  }

  private static void run(List<String> commandLine) {
    int ignored = Main.run(commandLine.toArray(String[]::new), silent());
  }

  private static Console silent() {
    return new Console(
        InputStream.nullInputStream(),
        OutputStream.nullOutputStream(),
        OutputStream.nullOutputStream(),
        Map.of(),
        Console.Output.OTHER);
  }

  private static final String SAMPLE =
      """
      apiVersion: initrunner/v1
      kind: Agent
      metadata:
        name: sample
      spec:
        role: A sample.
        model:
          provider: openai
          name: gpt-5-mini
        tools:
          - type: shell
        security:
          sandbox:
            backend: none
      """;
}

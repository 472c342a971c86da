package initrunner.cli;

import initrunner.cli.demo.DemoServer;
import initrunner.cli.demo.DemoWorkspace;
import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Stdin;
import initrunner.exec.transport.LocalTransport;
import initrunner.exec.transport.SearchPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Runs the usual commands once in a JVM, so that its ahead-of-time cache holds the classes that
/// they load and link. It writes only to the given directory, and that JVM connects only to the
/// servers that this process starts for it: every start loads the whole cache, so the servers must
/// stay out of it.
final class StartupTraining {

  private static final int MAX_SAID_BYTES = 16 * 1024;

  private StartupTraining() {}

  /// Runs all of them in a JVM of their own.
  ///
  /// @param args a directory, and the command line of that JVM up to its main class,
  ///   [StartupCommands], and the cache that it is for
  public static void main(String[] args) throws IOException {
    Path directory = Files.createDirectories(Path.of(args[0]));
    Path role = Files.writeString(directory.resolve("role.yaml"), SAMPLE);
    List<String> trained = new ArrayList<>(List.of(args).subList(1, args.length));
    trained.add(directory.resolve("home").toString());
    trained.add(role.toString());
    try (TrainingModel model = TrainingModel.start()) {
      boolean hasClient = SearchPath.find("ssh").isPresent();
      System.exit(hasClient ? besideServer(trained, model) : run(trained, model));
    }
  }

  private static int besideServer(List<String> trained, TrainingModel model) {
    try (DemoWorkspace workspace = DemoWorkspace.create();
        DemoServer server =
            DemoServer.start(
                workspace.hostKey(), workspace.userKey().getPublic(), workspace.home())) {
      workspace.writeConfiguration(server.port());
      trained.add(workspace.role().toString());
      return run(trained, model);
    }
  }

  private static int run(List<String> trained, TrainingModel model) {
    Captured said = new Captured(MAX_SAID_BYTES);
    try (LocalTransport here = new LocalTransport(System.getenv())) {
      Ended ended =
          here.run(
                  new Command(trained, model.variables(), Optional.empty(), Stdin.nothing()),
                  Limits.unbounded(),
                  said)
              .ended();
      System.out.print(said.stdoutText());
      System.err.print(said.stderrText());
      return ended.equals(new Ended.Exited(0)) ? 0 : 1;
    }
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
          sandbox: {backend: none}
      """;
}

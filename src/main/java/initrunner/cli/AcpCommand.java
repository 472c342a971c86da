package initrunner.cli;

import initrunner.audit.AuditLocation;
import initrunner.audit.AuditStore;
import initrunner.cli.console.Console;
import initrunner.cli.options.AuditLogOptions;
import initrunner.cli.run.WorkspaceLines;
import initrunner.door.acp.AcpServer;
import initrunner.door.acp.ServedAgent;
import initrunner.door.jsonrpc.Connection;
import initrunner.model.http.Models;
import initrunner.run.ModelChoice;
import initrunner.run.RoleSource;
import initrunner.run.RunHome;
import initrunner.run.RunOrder;
import initrunner.runtime.RoleRuntime;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `acp`: a role's agent in an editor, over standard input and output.
@Command(
    name = "acp",
    descriptionHeading = "%n",
    description = {
      "Serves a role's agent to an editor (ACP, on standard input and output).",
      "Its tools run where the role says, not in the folder that the editor has",
      "open.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner acp /home/me/role.yaml",
      "      what an editor starts",
      "  \"agent_servers\": {\"box\": {\"command\": \"initrunner\",",
      "                             \"args\": [\"acp\", \"/home/me/role.yaml\"]}}",
      "      in Zed's settings.json (with \"type\": \"custom\") or in",
      "      ~/.jetbrains/acp.json",
      "",
      "It ends with the editor: at the end of its input, or by SIGTERM, SIGINT or",
      "SIGHUP. It stops the commands that run then, and proves it.",
      "",
      "Exit status: 0 the editor ended, 1 not all of the role's workspace came",
      "back, 2 wrong usage or a fault in the role."
    })
final class AcpCommand implements Callable<Integer> {

  private final Console console;

  @Parameters(
      paramLabel = "ROLE",
      description = "The role: a YAML file, or a directory with agent.yaml or with role.yaml.")
  private Path roleFile;

  @Option(
      names = "--model",
      paramLabel = "PROVIDER:NAME",
      description = "Another model than the role's, or a word of models.yaml for one.")
  private @Nullable String modelName;

  @Mixin private final AuditLogOptions auditLog = new AuditLogOptions();

  AcpCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    auditLog.refuseContradiction();
    RoleSource source = RoleSource.of(roleFile, console.environment());
    if (console.input() == Console.Output.TERMINAL) {
      console
          .err()
          .println("An editor starts this and speaks to it on standard input; Ctrl-D ends it.");
    }
    return auditLog.statusOf(console.environment(), audit -> serve(source, audit));
  }

  private int serve(RoleSource source, Optional<AuditStore> audit) {
    RunHome home = RunHome.of(console.environment());
    try (RoleRuntime runtime =
        RoleRuntime.open(source.role(), source.environment().values(), audit, RunOrder.newRunId())
            .through("acp")) {
      return WorkspaceLines.during(
          console,
          source.role(),
          runtime,
          working -> {
            try (ServedAgent agent =
                new ServedAgent(
                    () -> order(source, audit.map(AuditStore::database)), home, working, audit)) {
              Connection connection = new Connection(console.stdin(), console.stdout());
              connection.serve(new AcpServer(agent, Version.number()));
            }
          });
    }
  }

  private RunOrder order(RoleSource source, Optional<Path> database) {
    ModelChoice model =
        ModelChoice.of(
            source,
            Optional.ofNullable(modelName)
                .or(() -> source.environment().value(Models.MODEL_VARIABLE)),
            AuditLocation.home(console.environment()));
    return new RunOrder(
        source,
        RunOrder.newRunId(),
        new RunOrder.Task.Describe(),
        model,
        RunOrder.setting(source, model, Optional.empty(), database),
        RunOrder.Caller.EDITOR);
  }
}

package initrunner.cli;

import initrunner.audit.AuditLocation;
import initrunner.audit.AuditStore;
import initrunner.audit.ChainKey;
import initrunner.audit.Retention;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.door.jsonrpc.Connection;
import initrunner.door.mcp.Form;
import initrunner.door.mcp.McpServer;
import initrunner.door.mcp.ServedRole;
import initrunner.role.Role;
import initrunner.role.file.RoleEnvironment;
import initrunner.run.HostRole;
import initrunner.run.RoleSource;
import initrunner.run.RunOrder;
import initrunner.run.WaitingCalls;
import initrunner.runtime.RoleRuntime;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `mcp`: a role's tools for the agent of another program, over standard input and output.
@Command(
    name = "mcp",
    customSynopsis = {
      "Usage: initrunner mcp ROLE [OPTIONS]",
      "       initrunner mcp --host HOST [--cwd DIR] [--tools LIST] [OPTIONS]"
    },
    synopsisHeading = "",
    descriptionHeading = "%n",
    description = {
      "Serves a role's tools to another agent (MCP, on standard input and output).",
      "The agent stays where it is; its tools run where the role says.",
      "With --host, a person is asked before a call that can change something.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner mcp role.yaml",
      "      the tools of a role, with its rules and its sandbox",
      "  initrunner mcp --host my-build-box --cwd /srv/work --tools shell,git",
      "      no role: any host that ssh can reach",
      "  claude mcp add box -- initrunner mcp --host my-build-box",
      "      one line of another agent's configuration",
      "",
      "The server ends with its client: at the end of its input, or by SIGTERM,",
      "SIGINT or SIGHUP. It stops the commands that run then, and proves it.",
      "",
      "Exit status: 0 the client ended, 2 wrong usage or a fault in the role."
    })
final class McpCommand implements Callable<Integer> {

  private final Console console;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "ROLE",
      description = "The role: a YAML file, or a directory with agent.yaml or with role.yaml.")
  private @Nullable Path roleFile;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Serve this host instead: an alias of ~/.ssh/config, or user@hostname.")
  private @Nullable String host;

  @Option(names = "--cwd", paramLabel = "DIR", description = "With --host: where commands start.")
  private @Nullable String directory;

  @Option(
      names = "--tools",
      paramLabel = "LIST",
      split = ",",
      description = "With --host: which of shell, python, filesystem and git; all without this.")
  private @Nullable List<String> tools;

  @Option(
      names = "--structured",
      description =
          "Send each result as structuredContent, too. Many clients then show their model no text.")
  private boolean structured;

  @Mixin private final AuditLogOptions auditLog = new AuditLogOptions();

  McpCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    RoleSource source = source();
    if (console.input() == Console.Output.TERMINAL) {
      console
          .err()
          .println("An agent starts this and speaks to it on standard input; Ctrl-D ends it.");
    }
    Optional<AuditLocation> place = auditLog.location(console.environment());
    if (place.isEmpty()) {
      serve(source, Optional.empty());
      return ExitCodes.OK;
    }
    try (AuditStore audit =
        AuditStore.open(
            place.get().database(),
            ChainKey.of(console.environment(), place.get()),
            Retention.of(console.environment()))) {
      serve(source, Optional.of(audit));
    }
    return ExitCodes.OK;
  }

  private void serve(RoleSource source, Optional<AuditStore> audit) {
    Role role = source.role();
    try (RoleRuntime runtime =
        RoleRuntime.open(role, source.environment().values(), audit, RunOrder.newRunId())) {
      Connection connection = new Connection(console.stdin(), console.stdout());
      ServedRole served =
          new ServedRole(
              runtime,
              role,
              Version.number(),
              WaitingCalls.of(console.environment()),
              structured ? Form.STRUCTURED : Form.TEXT);
      connection.serve(new McpServer(connection, served));
    }
  }

  private RoleSource source() {
    auditLog.refuseContradiction();
    if (roleFile != null && host != null) {
      throw fault("both a role (" + roleFile + ") and --host are given; give one of them");
    }
    if (host == null && (directory != null || tools != null)) {
      throw fault("--cwd and --tools are for --host; a role says both itself");
    }
    if (roleFile != null) {
      return RoleSource.of(roleFile, console.environment());
    }
    if (host == null) {
      throw fault("there is neither a role nor a --host");
    }
    return new RoleSource(hostRole(host), "", RoleEnvironment.ofProcess(console.environment()));
  }

  private Role hostRole(String name) {
    List<String> asked = tools == null ? HostRole.TOOLS : tools;
    asked.stream()
        .filter(tool -> !HostRole.TOOLS.contains(tool))
        .findFirst()
        .ifPresent(tool -> {
          throw fault("--tools is '" + tool + "'; allowed is " + String.join(", ", HostRole.TOOLS));
        });
    try {
      return HostRole.withTools("--host", name, Optional.ofNullable(directory), asked);
    } catch (IllegalArgumentException e) {
      throw fault(String.valueOf(e.getMessage()));
    }
  }

  private ParameterException fault(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}

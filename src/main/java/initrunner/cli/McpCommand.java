package initrunner.cli;

import initrunner.audit.AuditStore;
import initrunner.cli.console.Console;
import initrunner.cli.options.AuditLogOptions;
import initrunner.cli.options.HostTools;
import initrunner.cli.options.RoleOrHostOptions;
import initrunner.cli.run.WorkspaceLines;
import initrunner.door.jsonrpc.Connection;
import initrunner.door.mcp.Form;
import initrunner.door.mcp.McpServer;
import initrunner.door.mcp.ServedRole;
import initrunner.door.mcp.http.BearerToken;
import initrunner.door.mcp.http.HttpAddress;
import initrunner.door.mcp.http.McpHttpServer;
import initrunner.role.Role;
import initrunner.run.HostRole;
import initrunner.run.RoleSource;
import initrunner.run.RunOrder;
import initrunner.run.WaitingCalls;
import initrunner.runtime.RoleRuntime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `mcp`: a role's tools for the agent of another program, over standard input and output or over
/// HTTP.
@Command(
    name = "mcp",
    customSynopsis = {
      "Usage: initrunner mcp ROLE [OPTIONS]",
      "       initrunner mcp --host HOST [--cwd DIR] [--tools LIST] [OPTIONS]",
      "       initrunner mcp (ROLE | --host HOST) --http ADDRESS:PORT [OPTIONS]"
    },
    synopsisHeading = "",
    descriptionHeading = "%n",
    description = {
      "Serves a role's tools to other agents, on standard streams or over HTTP (MCP).",
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
      "  initrunner mcp role.yaml --http 127.0.0.1:8931",
      "      for agents that are running already, until Ctrl-C",
      "",
      "The server ends with its client: at the end of its input, or by SIGTERM,",
      "SIGINT or SIGHUP. With --http it serves many clients, and ends by a signal.",
      "It stops the commands that run then, and proves it.",
      "",
      "Exit status: 0 the client ended, 1 --http cannot serve there, or not all of",
      "the role's workspace came back, 2 wrong usage or a fault in the role."
    })
final class McpCommand implements Callable<Integer> {

  private final Console console;

  @Spec private CommandSpec spec;

  @Mixin private final RoleOrHostOptions served = new RoleOrHostOptions();

  @Option(
      names = "--tools",
      paramLabel = "LIST",
      split = ",",
      completionCandidates = HostTools.class,
      description = "With --host: which of shell, python, filesystem and git; all without this.")
  private @Nullable List<String> tools;

  @Option(
      names = "--structured",
      description =
          "Send each result as structuredContent, too. Many clients then show their model no text.")
  private boolean structured;

  @Option(
      names = "--http",
      paramLabel = "ADDRESS:PORT",
      description =
          "Serve over HTTP at this address, such as 127.0.0.1:8931; port 0 picks a free one.")
  private @Nullable String http;

  @Option(
      names = "--listen",
      paramLabel = "NAME",
      split = ",",
      description =
          "With --http: clients call this machine so. It allows an address that others can reach.")
  private @Nullable List<String> listen;

  @Mixin private final AuditLogOptions auditLog = new AuditLogOptions();

  McpCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    RoleSource source = source();
    Optional<HttpAddress> address = address();
    if (address.isEmpty() && console.input() == Console.Output.TERMINAL) {
      console
          .err()
          .println("An agent starts this and speaks to it on standard input; Ctrl-D ends it.");
    }
    return auditLog.statusOf(console.environment(), audit -> serve(source, address, audit));
  }

  private int serve(RoleSource source, Optional<HttpAddress> address, Optional<AuditStore> audit) {
    Role role = source.role();
    try (RoleRuntime runtime =
        RoleRuntime.open(role, source.environment().values(), audit, RunOrder.newRunId())
            .through("mcp")) {
      return WorkspaceLines.during(
          console, role, runtime, working -> serve(role, working, address));
    }
  }

  private void serve(Role role, RoleRuntime runtime, Optional<HttpAddress> address) {
    ServedRole servedRole =
        new ServedRole(
            runtime,
            role,
            Version.number(),
            WaitingCalls.of(console.environment()),
            structured ? Form.STRUCTURED : Form.TEXT);
    if (address.isPresent()) {
      serveHttp(address.get(), servedRole, runtime.place());
    } else {
      Connection connection = new Connection(console.stdin(), console.stdout());
      connection.serve(new McpServer(connection.exchanges(), servedRole));
    }
  }

  private void serveHttp(HttpAddress address, ServedRole servedRole, String place) {
    BearerToken token = BearerToken.of(console.environment());
    try (McpHttpServer server = McpHttpServer.open(address, token, servedRole)) {
      console.err().println("Serving " + place + " at " + server.url());
      console
          .err()
          .println(
              "Clients send the header 'Authorization: Bearer TOKEN'; it is in " + token.file());
      if (!address.socket().getAddress().isLoopbackAddress()) {
        console
            .err()
            .println(
                "Other machines can reach it, and nothing is encrypted: put a proxy with TLS in"
                    + " front, or use ssh -L.");
      }
      server.serve();
    }
  }

  private Optional<HttpAddress> address() {
    if (http == null) {
      if (listen != null) {
        throw fault("--listen is for --http");
      }
      return Optional.empty();
    }
    try {
      return Optional.of(HttpAddress.of(http, listen == null ? List.of() : listen));
    } catch (IllegalArgumentException e) {
      throw fault(String.valueOf(e.getMessage()));
    }
  }

  private RoleSource source() {
    auditLog.refuseContradiction();
    if (tools != null && !served.isHost()) {
      throw fault("--tools is for --host; a role says it itself");
    }
    return served.source(
        console.environment(),
        (host, directory) -> new HostRole("mcp", "--host").withTools(host, directory, tools()));
  }

  private List<String> tools() {
    return tools == null ? HostRole.TOOLS : tools.stream().map(String::strip).toList();
  }

  private ParameterException fault(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}

package initrunner.cli;

import initrunner.audit.AuditStore;
import initrunner.cli.console.Console;
import initrunner.cli.options.AuditLogOptions;
import initrunner.cli.options.RoleOrHostOptions;
import initrunner.cli.options.SandboxOption;
import initrunner.cli.run.WorkspaceLines;
import initrunner.door.codex.CodexServer;
import initrunner.door.jsonrpc.Connection;
import initrunner.door.jsonrpc.VersionMember;
import initrunner.role.Role;
import initrunner.run.HostRole;
import initrunner.run.RoleSource;
import initrunner.run.RunOrder;
import initrunner.run.WaitingCalls;
import initrunner.runtime.RoleRuntime;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `exec-server`: a host as Codex's environment, over standard input and output.
@Command(
    name = "exec-server",
    customSynopsis = {
      "Usage: initrunner exec-server ROLE [OPTIONS]",
      "       initrunner exec-server --host HOST [--cwd DIR] [OPTIONS]"
    },
    synopsisHeading = "",
    descriptionHeading = "%n",
    description = {
      "Serves a host to Codex as its environment (on standard input and output).",
      "Codex's own shell, patch and file tools then act on the host.",
      "A role's tools shell and filesystem say what they may do there.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner exec-server role.yaml",
      "      a role's host, with its rules, its sandbox and its approvals",
      "  initrunner exec-server --host my-build-box --cwd /srv/work",
      "      no role: any host that ssh can reach; Codex's own approvals count",
      "",
      "In ~/.codex/environments.toml:",
      "  default = \"box\"",
      "  include_local = false",
      "  [[environments]]",
      "  id = \"box\"",
      "  program = \"initrunner\"",
      "  args = [\"exec-server\", \"--host\", \"my-build-box\"]",
      "",
      "The server ends with Codex: at the end of its input, or by SIGTERM, SIGINT",
      "or SIGHUP. It stops the commands that run then, and proves it.",
      "",
      "Exit status: 0 Codex ended, 1 not all of the role's workspace came back,",
      "2 wrong usage or a fault in the role."
    })
final class ExecServerCommand implements Callable<Integer> {

  private final Console console;

  @Mixin private final RoleOrHostOptions served = new RoleOrHostOptions();

  @Mixin private final SandboxOption sandbox = new SandboxOption();

  @Option(
      names = "--accept-codex",
      paramLabel = "VERSION",
      description = "Also serve this version of Codex, whose protocol may differ.")
  private @Nullable List<String> versions;

  @Mixin private final AuditLogOptions auditLog = new AuditLogOptions();

  ExecServerCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    RoleSource source = source();
    if (console.input() == Console.Output.TERMINAL) {
      console
          .err()
          .println("Codex starts this and speaks to it on standard input; Ctrl-D ends it.");
    }
    return auditLog.statusOf(console.environment(), audit -> serve(source, audit));
  }

  private int serve(RoleSource source, Optional<AuditStore> audit) {
    Role role = source.role();
    Connection connection =
        new Connection(console.stdin(), console.stdout(), VersionMember.LEFT_OUT);
    CodexServer.Setting setting =
        new CodexServer.Setting(
            WaitingCalls.of(console.environment()),
            Path.of("").toAbsolutePath(),
            versions == null ? Set.of() : Set.copyOf(versions));
    try (RoleRuntime runtime =
        RoleRuntime.open(role, source.environment().values(), audit, RunOrder.newRunId())
            .through("exec-server")) {
      return WorkspaceLines.during(
          console,
          role,
          runtime,
          working -> {
            try (CodexServer server = new CodexServer(connection, working, role, setting)) {
              connection.serve(server);
            }
          });
    }
  }

  private RoleSource source() {
    auditLog.refuseContradiction();
    return sandbox.in(
        served.source(
            console.environment(), new HostRole("exec-server", "--host")::forAnAgentThatAsks));
  }
}

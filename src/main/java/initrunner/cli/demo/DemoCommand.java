package initrunner.cli.demo;

import initrunner.agent.AgentLoop;
import initrunner.agent.AgentRun;
import initrunner.agent.Toolbox;
import initrunner.audit.AuditQuery;
import initrunner.audit.AuditStore;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.exec.transport.SearchPath;
import initrunner.model.Model;
import initrunner.model.ReplayModel;
import initrunner.role.Role;
import initrunner.role.RoleLoader;
import initrunner.runtime.RoleRuntime;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `demo`: an agent's tool calls over the real `ssh`, on a server that lives as long as the
/// command.
@Command(
    name = "demo",
    descriptionHeading = "%n",
    description = {
      "Shows an agent's tool calls run over ssh, and their audit log.",
      "",
      "It needs no host, no key and no model: it starts an SSH server of its own on",
      "the loopback interface, and the model is a script of recorded turns. The",
      "commands are really run, over the ssh program on PATH, with keys and an ssh",
      "configuration made for it. Nothing of yours is read or changed, and all that",
      "it makes is removed at its end.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner demo",
      "  NO_COLOR=1 initrunner demo",
      "",
      "Exit status: 0 shown, 1 something went wrong, 3 there is no ssh program."
    })
public final class DemoCommand implements Callable<Integer> {

  private static final String PROMPT = "Is the build on build-host in order?";
  private static final String RUN_ID = "demo";
  private static final int MOST_ROWS = 100;

  private final Console console;

  public DemoCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Optional<Path> ssh = SearchPath.find("ssh");
    if (ssh.isEmpty()) {
      console.err().println("initrunner: ssh client not found on PATH");
      console
          .err()
          .println(
              "Install OpenSSH: apt install openssh-client (Debian, Ubuntu), dnf install"
                  + " openssh-clients (Fedora), brew install openssh (macOS).");
      return ExitCodes.SANDBOX_UNAVAILABLE;
    }
    AuditStore.prepare();
    DemoView view = new DemoView(console);
    Optional<AgentRun.Failure> failure;
    try (DemoWorkspace workspace = DemoWorkspace.create();
        DemoServer server =
            DemoServer.start(
                workspace.hostKey(), workspace.userKey().getPublic(), workspace.home())) {
      workspace.writeConfiguration(server.port());
      view.introduce(server.port(), ssh.get(), workspace.root());
      failure = play(workspace, view);
      failure.ifPresent(view::failed);
      if (failure.isEmpty()) {
        view.record(
            new AuditQuery(Optional.empty(), Optional.empty(), Optional.empty(), MOST_ROWS)
                .run(workspace.auditDatabase()));
      }
    }
    view.end();
    if (failure.isPresent()) {
      return ExitCodes.FAILED;
    }
    view.next();
    return ExitCodes.OK;
  }

  private static Optional<AgentRun.Failure> play(DemoWorkspace workspace, DemoView view) {
    Role role = RoleLoader.load(workspace.role());
    try (AuditStore audit = AuditStore.open(workspace.auditDatabase());
        RoleRuntime runtime = RoleRuntime.open(role, Optional.of(audit), RUN_ID).through("demo");
        Model model = ReplayModel.load(workspace.replay())) {
      runtime.preflight();
      view.connected(runtime.place(), PROMPT);
      Toolbox tools = new Toolbox(runtime.tools(), runtime::call);
      return new AgentLoop(model, role.prompt(), tools, role.guardrails())
          .run(PROMPT, view)
          .failure();
    }
  }
}

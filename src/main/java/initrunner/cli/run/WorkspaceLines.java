package initrunner.cli.run;

import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.console.WaitLine;
import initrunner.cli.files.MovedFiles;
import initrunner.exec.transport.ShutdownHook;
import initrunner.role.Role;
import initrunner.run.Workspace;
import initrunner.run.Workspaces;
import initrunner.runtime.RoleRuntime;
import initrunner.transfer.Progress;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/// Says on standard error what becomes of a role's workspaces. Safe for many threads.
public final class WorkspaceLines implements Workspace.Watch {

  private final Console console;
  private volatile Optional<MovedFiles> moved = Optional.empty();

  public WorkspaceLines(Console console) {
    this.console = console;
  }

  @Override
  public void note(String line) {
    if (console.errorOutput() == Console.Output.TERMINAL) {
      console.err().println(line);
    }
  }

  @Override
  public void complain(String what, String remedy) {
    console.complain(what, remedy);
  }

  @Override
  public Progress moves(String what) {
    MovedFiles begun = new MovedFiles(what);
    moved = Optional.of(begun);
    return begun;
  }

  /// Proves that a role's commands can run, and shows what that waits for. Blocks as
  /// [RoleRuntime#preflight] does.
  ///
  /// @param format a program that reads JSON watches no line
  public void preflight(Role role, RoleRuntime runtime, RunFormat format) {
    if (format == RunFormat.JSON) {
      runtime.preflight();
      return;
    }
    String first =
        role.sandbox().ssh().isPresent()
            ? "connecting to " + runtime.place()
            : "preparing the sandbox on " + runtime.place();
    try (WaitLine _ = console.waiting(() -> runtime.preparing().orElse(movedOr(first)))) {
      runtime.preflight();
    }
  }

  private String movedOr(String other) {
    return moved.map(MovedFiles::text).orElse(other);
  }

  /// Does the work of a server with a role's tools, whose files go to the host before the first
  /// command and come back afterwards, also if it fails or a signal ends it.
  ///
  /// @param work has ended all commands when it returns
  /// @return the exit status
  public static int during(
      Console console, Role role, RoleRuntime runtime, Consumer<RoleRuntime> work) {
    WorkspaceLines lines = new WorkspaceLines(console);
    Workspaces workspaces = Workspaces.of(role, runtime, console.environment(), lines);
    return lines.during(
        workspaces,
        working -> {
          work.accept(working);
          return ExitCodes.OK;
        });
  }

  /// The same for a work with an exit status of its own.
  public int during(Workspaces workspaces, ToIntFunction<RoleRuntime> work) {
    // The connection has to outlive the signal that ends the work.
    return workspaces.areDeclared()
        ? ShutdownHook.holding(() -> made(workspaces, work))
        : work.applyAsInt(workspaces.runtime());
  }

  private int made(Workspaces workspaces, ToIntFunction<RoleRuntime> work) {
    int status;
    boolean isWhole;
    try {
      status = work.applyAsInt(workspaces.runtime());
    } finally {
      moved = Optional.empty();
      try (WaitLine _ = console.waiting(() -> movedOr("looking for what changed"))) {
        isWhole = console.finishing(workspaces::end);
      }
    }
    return status != ExitCodes.OK || isWhole ? status : ExitCodes.FAILED;
  }
}

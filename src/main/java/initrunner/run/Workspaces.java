package initrunner.run;

import initrunner.audit.AuditLocation;
import initrunner.exec.RemedyException;
import initrunner.exec.TransportException;
import initrunner.role.Role;
import initrunner.runtime.RoleRuntime;
import initrunner.transfer.tree.TransferException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The workspaces of a role's sandboxes while its tools are used. Each goes to its host before the
/// first command there, and comes back at the end if it went; one sandbox alone may have been
/// opened before that. A role without workspaces has nothing that goes or comes.
///
/// Safe for many threads, as [Workspace] is.
public final class Workspaces {

  private final RoleRuntime plain;

  /// In the order in which the role names their sandboxes.
  private final List<Workspace> all;

  private Workspaces(RoleRuntime plain, List<Workspace> all) {
    this.plain = plain;
    this.all = List.copyOf(all);
  }

  /// How a sandbox answered a question.
  public sealed interface Reached {

    /// Its commands can run.
    ///
    /// @param plan what would be transferred, as one line; empty without a workspace
    record Well(String place, Optional<String> plan) implements Reached {}

    /// They cannot; a run would go on without them.
    record Not(String place, RemedyException why) implements Reached {}
  }

  /// The workspaces of a role. Nothing is transferred yet.
  ///
  /// @param runtime stays the caller's to close, after [#end]
  /// @param process the variables of this process
  public static Workspaces of(
      Role role, RoleRuntime runtime, Map<String, String> process, Workspace.Watch watch) {
    return of(role, runtime, process, Workspace.Start.NEW, watch);
  }

  /// The same for another start.
  public static Workspaces of(
      Role role,
      RoleRuntime runtime,
      Map<String, String> process,
      Workspace.Start start,
      Workspace.Watch watch) {
    Path home = AuditLocation.home(process);
    Collection<String> names = role.security().sandboxes().all().keySet();
    return new Workspaces(
        runtime,
        names.isEmpty()
            ? List.of(new Workspace(role, runtime, home, start, watch))
            : names.stream()
                .map(name -> new Workspace(role.at(name), runtime.at(name), home, start, watch))
                .toList());
  }

  /// Whether the role has one, or mounts whose files come back at the end too.
  public boolean areDeclared() {
    return all.stream().anyMatch(Workspace::isDeclared);
  }

  /// The role at work: before the first command in a sandbox, its tree goes to the host. A command
  /// is not started if it cannot go. [RoleRuntime#preflight] sends that of a single sandbox, and
  /// throws a [TransferException] if it cannot go.
  public RoleRuntime runtime() {
    RoleRuntime working = plain;
    for (Workspace each : all) {
      working = each.before(working);
    }
    return working;
  }

  /// Asks each sandbox whether the role's commands can run there, and says what would be
  /// transferred. Transfers nothing. Blocks.
  ///
  /// @throws TransferException if one side cannot be listed, of a single sandbox
  /// @throws TransportException if the host cannot be reached, of a single sandbox
  /// @throws RemedyException also if the host cannot start commands as the role wants, of a single
  ///   sandbox
  public List<Reached> reached() {
    List<Reached> answers = new ArrayList<>();
    for (Workspace each : all) {
      try {
        answers.add(new Reached.Well(each.place(), each.reached()));
      } catch (RemedyException why) {
        if (all.size() == 1) {
          throw why;
        }
        answers.add(new Reached.Not(each.place(), why));
      }
    }
    return List.copyOf(answers);
  }

  /// Brings back what changed on the hosts on which a command may have been started, one after
  /// another in the role's order. Blocks; the interrupt that ended the run does not end this, and
  /// its flag is set again. The caller has stopped all commands before. Never throws: the watch
  /// hears what failed.
  ///
  /// @return whether all that was to go and to come back did
  public boolean end() {
    boolean areBack = true;
    for (Workspace each : all) {
      areBack &= each.end();
    }
    return areBack;
  }
}

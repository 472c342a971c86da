package initrunner.run;

import initrunner.role.Role;
import initrunner.role.sandbox.WorkspaceSettings;
import initrunner.transfer.Exchange.Trees;
import initrunner.transfer.Rules;
import initrunner.transfer.Rules.Deletion;
import initrunner.transfer.Rules.Direction;
import initrunner.transfer.Rules.Take;
import initrunner.transfer.tree.Selection;
import initrunner.transfer.tree.TransferException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The two trees of a role's workspace, the same for a run and for a command that exchanges them by
/// hand. Stateless.
public final class WorkspaceTrees {

  static final Rules PUSH = new Rules(Direction.PUSH, Deletion.FOLLOWED, Take.NEITHER);
  static final Rules PULL = new Rules(Direction.PULL, Deletion.FOLLOWED, Take.NEITHER);

  private WorkspaceTrees() {}

  /// The trees; empty if the role has no workspace. The role's own file and the `.env` beside it
  /// take no part: one decides what the agent may do, the other has keys.
  ///
  /// @param home the user's InitRunner directory
  /// @throws TransferException if that directory is in the tree
  public static Optional<Trees> of(Role role, Path home) {
    return WorkspaceSettings.of(role.sandbox()).map(workspace -> trees(role, workspace, home));
  }

  private static Trees trees(Role role, WorkspaceSettings workspace, Path home) {
    Path local = workspace.local();
    if (real(home).startsWith(real(local))) {
      throw new TransferException(
          "the workspace " + local + " holds " + home + ", whose records and keys stay here",
          "Name the directory of one project in spec.security.sandbox.ssh.workspace.local.");
    }
    List<String> patterns = new ArrayList<>(workspace.exclude());
    patterns.addAll(keptHere(role, local));
    return new Trees(local, ".", Selection.of(patterns));
  }

  /// The patterns of what a role's author alone decides: the role's own file, the `.env` beside it,
  /// and the configuration and the key of its ssh.
  ///
  /// @param local the tree that the patterns are for
  public static List<String> keptHere(Role role, Path local) {
    Path file = role.file().normalize();
    Stream<Path> ofSsh =
        role.sandbox().ssh().stream()
            .flatMap(ssh -> Stream.of(ssh.configFile(), ssh.identityFile()))
            .flatMap(Optional::stream);
    return Stream.concat(Stream.of(file, file.resolveSibling(".env")), ofSsh)
        .flatMap(kept -> Stream.of(below(local, kept), below(real(local), real(kept))))
        .flatMap(Optional::stream)
        .distinct()
        .toList();
  }

  private static Optional<String> below(Path tree, Path file) {
    return file.startsWith(tree)
        ? Optional.of("/" + tree.relativize(file).toString().replaceAll("[\\\\*?\\[]", "\\\\$0"))
        : Optional.empty();
  }

  /// Of a file that is missing, where it would be.
  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException missing) {
      Path parent = path.toAbsolutePath().getParent();
      return parent == null ? path : real(parent).resolve(path.getFileName());
    }
  }
}

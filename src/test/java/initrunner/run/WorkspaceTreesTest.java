package initrunner.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.role.Role;
import initrunner.role.RoleLoader;
import initrunner.transfer.Exchange.Trees;
import initrunner.transfer.tree.Selection;
import initrunner.transfer.tree.TransferException;
import initrunner.transfer.tree.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkspaceTreesTest {

  @TempDir private Path directory;

  private Role role(String file, String local) throws IOException {
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(
        path,
        "{name: an-agent, prompt: You build., security: {sandbox: {backend: ssh, ssh: {host: box,"
            + " remote_cwd: a, workspace: {local: '"
            + local
            + "', exclude: ['*.log']}}}}}");
    return RoleLoader.load(path);
  }

  @ParameterizedTest
  @CsvSource({
    "tree/role.yaml, ., role.yaml, .env",
    "tree/in/role.yaml, .., in/role.yaml, in/.env",
    "tree/r[1]*?.yaml, ., r[1]*?.yaml, .env",
    "link/role.yaml, ../tree, role.yaml, .env",
  })
  void theRolesOwnFileAndTheEnvBesideItTakeNoPart(String file, String local, String own, String env)
      throws IOException {
    Files.createDirectory(directory.resolve("tree"));
    Files.createSymbolicLink(directory.resolve("link"), directory.resolve("tree"));

    Trees trees = WorkspaceTrees.of(role(file, local), directory.resolve("home")).orElseThrow();

    Selection.Test test = trees.selection().test();
    for (String out : new String[] {own, env, "x.log", "a/x.log", ".git"}) {
      assertThat(test.takesPart(new TreePath(out))).as(out).isFalse();
    }
    for (String in : new String[] {"a/role.yaml", "a/.env", "r1xy.yaml", "a/r[1]*?.yaml"}) {
      assertThat(test.takesPart(new TreePath(in))).as(in).isTrue();
    }
    assertThat(trees.there()).isEqualTo(".");
  }

  @Test
  void aTreeThatHoldsTheUsersDirectoryIsRefused() throws IOException {
    Role role = role("tree/role.yaml", ".");
    Path home = Files.createDirectories(directory.resolve("tree/kept/home"));

    assertThatThrownBy(() -> WorkspaceTrees.of(role, home))
        .isInstanceOf(TransferException.class)
        .hasMessage(
            "the workspace %s holds %s, whose records and keys stay here"
                .formatted(directory.resolve("tree"), home));
  }

  @Test
  void aRoleWithoutAWorkspaceHasNone() throws IOException {
    Path file =
        Files.writeString(directory.resolve("r.yaml"), "{name: an-agent, prompt: You build.}");

    assertThat(WorkspaceTrees.of(RoleLoader.load(file), directory)).isEqualTo(Optional.empty());
  }
}

package initrunner.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.ssh.OpenSshTransport;
import initrunner.ssh.SshdExtension;
import initrunner.transfer.Rules.Deletion;
import initrunner.transfer.Rules.Direction;
import initrunner.transfer.Rules.Take;
import initrunner.transfer.tree.Selection;
import initrunner.transfer.tree.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Which files of a git work tree take part.
@Timeout(120)
class ExchangeGitTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static OpenSshTransport transport;

  @TempDir private Path directory;
  private Path here = Path.of("");
  private Path there = Path.of("");

  @BeforeAll
  static void connect() {
    transport = new OpenSshTransport(sshd.target());
  }

  @AfterAll
  static void close() {
    transport.close();
  }

  @BeforeEach
  void directories() throws IOException {
    here = Files.createDirectory(directory.resolve("here"));
    there = directory.resolve("there");
  }

  private TransferReport run(Direction direction, Path root, String... names) {
    Set<TreePath> tops = Arrays.stream(names).map(TreePath::ofText).collect(Collectors.toSet());
    return new Exchange(transport, "box", Optional.empty(), directory.resolve("states"))
        .run(
            new Exchange.Trees(root, there.toString(), Selection.of(List.of()).only(tops)),
            new Rules(direction, Deletion.KEPT, Take.NEITHER),
            Progress.NONE);
  }

  private static void write(Path root, String name, String content) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private static void makeProject(Path project) throws Exception {
    assertThat(new ProcessBuilder("git", "init", "-q", project.toString()).start().waitFor())
        .isZero();
    write(project, ".gitignore", "out/\n");
    write(project, "a.c", "int a;");
    write(project, "out/app", "binary");
  }

  @Test
  void aWorkTreeBelowAnotherDirectoryHasItsRules() throws Exception {
    makeProject(here.resolve("project"));
    write(here, "beside/out/app", "no repository");

    assertThat(run(Direction.PUSH, here).sent())
        .containsExactly(
            "beside",
            "beside/out",
            "beside/out/app",
            "project",
            "project/.gitignore",
            "project/a.c");
    write(there, "project/out/app", "built there");
    write(there, "project/b.c", "int b;");
    Files.createDirectories(there.resolve("beside/empty"));
    Files.createDirectories(there.resolve("project/empty"));
    assertThat(run(Direction.PULL, here).fetched()).containsExactly("beside/empty", "project/b.c");
  }

  @Test
  void whatGitIgnoresTakesPartIfItIsNamed() throws Exception {
    makeProject(here);

    assertThat(run(Direction.PUSH, here, "out", "a.c").sent())
        .containsExactly("a.c", "out", "out/app");
    write(there, "out/app", "built there");
    write(there, "out/more/b", "b");
    assertThat(run(Direction.PULL, here, "out").fetched())
        .containsExactly("out/app", "out/more", "out/more/b");
    assertThat(run(Direction.PULL, here).fetched()).isEmpty();
  }

  @Test
  void aDirectoryThatGitIgnoresIsNoWorkTree() throws Exception {
    makeProject(here);

    assertThat(run(Direction.PUSH, here.resolve("out")).sent()).containsExactly("app");
    write(there, "other", "o");
    assertThat(run(Direction.PULL, here.resolve("out")).fetched()).containsExactly("other");
  }
}

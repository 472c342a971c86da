package initrunner.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.ssh.OpenSshTransport;
import initrunner.ssh.SshdExtension;
import initrunner.transfer.Rules.Deletion;
import initrunner.transfer.Rules.Direction;
import initrunner.transfer.Rules.Take;
import initrunner.transfer.tree.Selection;
import initrunner.transfer.tree.TransferException;
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

  /// Makes git fetch a missing file by a program of the repository's.
  private static final String PROMISOR =
      """
      git init -q . && echo '*.o' >.gitignore && git add . &&
        git update-index --skip-worktree .gitignore
      hash=$(git rev-parse :.gitignore)
      rm -f .git/objects/"$(echo "$hash" | cut -c1-2)/$(echo "$hash" | cut -c3-)" .gitignore
      git config core.repositoryformatversion 1
      git config extensions.partialClone o
      git config remote.o.url .
      git config remote.o.promisor true
      git config protocol.file.allow always
      git config remote.o.uploadpack 'touch %s; false'
      git config core.worktree .
      """;

  private static void shell(Path in, String script) throws Exception {
    assertThat(new ProcessBuilder("sh", "-c", script).directory(in.toFile()).start().waitFor())
        .isZero();
  }

  @Test
  void noRepositoryStartsAProgramHere() throws Exception {
    Path marker = directory.resolve("started");
    shell(here, PROMISOR.formatted(marker));
    write(there, "new", "1");

    try {
      run(Direction.PULL, here);
    } catch (TransferException gitDoesNotSay) {
      assertThat(gitDoesNotSay).hasMessageContaining("git");
    }

    assertThat(marker).doesNotExist();
  }

  @Test
  void whatLooksLikeARepositoryAndCameFromAHostIsNotObeyed() throws Exception {
    Path marker = directory.resolve("started");
    assertThat(new ProcessBuilder("git", "init", "-q", here.toString()).start().waitFor()).isZero();
    Path sub = Files.createDirectory(here.resolve("sub"));
    Path made = Files.createDirectory(directory.resolve("made"));
    shell(made, PROMISOR.formatted(marker));
    shell(sub, "cp -r " + made + "/.git/. . && rm -rf hooks && touch objects/x refs/x");
    write(there, "new", "1");

    assertThatThrownBy(() -> run(Direction.PULL, sub))
        .isInstanceOf(TransferException.class)
        .hasMessageContaining("bare repository");
    assertThat(marker).doesNotExist();
  }

  @Test
  void aHostDoesNotDecideUnaskedWhatIsIgnoredHere() throws Exception {
    makeProject(here);
    run(Direction.PUSH, here);
    write(there, ".gitignore", "");

    TransferReport report = run(Direction.PULL, here);

    assertThat(report.fetched()).isEmpty();
    assertThat(report.refused()).singleElement().asString().contains(".gitignore", "--take there");
    assertThat(here.resolve(".gitignore")).hasContent("out/");
  }
}

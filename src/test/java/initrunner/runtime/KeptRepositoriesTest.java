package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.tools.FilesystemSettings;
import initrunner.ssh.SshdExtension;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.tool.ToolResult.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Files that git obeys, which the file tools never write.
@Timeout(120)
class KeptRepositoriesTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @TempDir Path directory;
  private Path root = Path.of("");

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(directory.resolve("root"));
  }

  @Test
  void noNameThatAFileSystemReadsAsGitIsWritten() throws Exception {
    Path tree = repository("tree");
    Files.createSymbolicLink(root.resolve("link"), tree.resolve(".git"));
    Files.createSymbolicLink(root.resolve("config"), tree.resolve(".git/config"));
    try (ToolSide side = ToolSide.open(ToolSide.Where.THIS_MACHINE, sshd)) {
      for (RoleRuntime runtime :
          List.of(side.runtime(root, settings()), side.runtimeWithBusybox(root, settings()))) {
        for (String path :
            List.of(
                "tree/.git/config",
                "tree/.git/info/attributes",
                "tree/.git/hooks/new/deep/pre-commit",
                "tree/./x/../.git/config",
                root + "/tree/.git/config",
                "link/config",
                "config",
                ".git",
                "new/.git",
                "new/.git/config",
                ".GIT/config",
                ".Git",
                ".gIt/hooks/pre-commit",
                ".git./config",
                ".git /config",
                ".git . ./config",
                ".git::$INDEX_ALLOCATION/config",
                ".git:x",
                "git~1/config",
                "GIT~1",
                ".g\u200cit/config",
                "\u200d.git\ufeff",
                ".gi\u202et/config")) {
          assertThat(write(runtime, path).status()).as(path).isEqualTo(Status.FAILED);
          assertThat(write(runtime, path).text()).as(path).contains("git obeys");
        }
        assertThat(
                runtime
                    .call(
                        new ToolCall(
                            "c1",
                            "edit_file",
                            Map.of(
                                "path", "tree/.git/config", "old_text", "core", "new_text", "x")))
                    .text())
            .contains("git obeys");
      }
    }
    assertThat(tree.resolve(".git/hooks/new")).doesNotExist();
    assertThat(root.resolve("new")).isEmptyDirectory();
    assertThat(root.resolve(".git")).doesNotExist();
    assertThat(git(tree, "fsck")).isNotNull();
  }

  @Test
  void whatLooksLikeARepositoryIsNotWrittenAndNoneIsMadePieceByPiece() throws Exception {
    git(root, "init", "-q", "--bare", "bare.git");
    Path tree = repository("tree");
    git(tree, "worktree", "add", "-q", directory.resolve("root/linked").toString());
    git(root, "init", "-q", "--separate-git-dir", root.resolve("apart").toString(), "separate");
    try (ToolSide side = ToolSide.open(ToolSide.Where.THIS_MACHINE, sshd)) {
      RoleRuntime runtime = side.runtime(root, settings());
      for (String path :
          List.of(
              "bare.git/config",
              "bare.git/hooks/update",
              "linked/.git",
              "separate/.git",
              "apart/config",
              "apart/new/x")) {
        assertThat(write(runtime, path).text()).as(path).contains("git obeys");
      }
      for (List<String> pieces :
          List.of(
              List.of("HEAD", "objects/x", "refs/x"),
              List.of("refs/x", "objects/x", "HEAD"),
              List.of("objects/x", "HEAD", "refs/x"),
              List.of("HEAD", "objects", "refs/x"),
              List.of("commondir", "HEAD"),
              List.of("objects/x", "refs/x", "Head"),
              List.of("HEAD", "objects/x", "Refs/x"))) {
        Path made = Files.createTempDirectory(root, "made");
        for (String piece : pieces.subList(0, pieces.size() - 1)) {
          assertThat(write(runtime, made.getFileName() + "/" + piece).status())
              .as(pieces.toString())
              .isEqualTo(Status.SUCCEEDED);
        }
        String last = pieces.getLast();
        assertThat(write(runtime, made.getFileName() + "/" + last).text())
            .as(pieces.toString())
            .contains("git obeys");
        assertThat(made.resolve(last.split("/", -1)[0])).doesNotExist();
      }
    }
  }

  @Test
  void whatOnlyLooksSimilarIsWritten() throws Exception {
    repository("tree");
    try (ToolSide side = ToolSide.open(ToolSide.Where.THIS_MACHINE, sshd)) {
      RoleRuntime runtime = side.runtime(root, settings());
      for (String path :
          List.of(
              "tree/.gitignore",
              "tree/.gitattributes",
              "tree/.github/workflows/ci.yml",
              "tree/git/config",
              "tree/x.git/config",
              "tree/digit.",
              "tree/HEAD",
              "tree/refs/x",
              "git")) {
        assertThat(write(runtime, path).text()).as(path).startsWith("Created");
      }
    }
  }

  private Path repository(String name) throws Exception {
    Path made = Files.createDirectory(root.resolve(name));
    git(made, "init", "-q", "-b", "main");
    git(made, "config", "user.name", "A");
    git(made, "config", "user.email", "a@example.org");
    git(made, "commit", "-q", "--allow-empty", "-m", "First");
    return made;
  }

  private static FilesystemSettings settings() {
    return new FilesystemSettings(".", List.of(), false, Duration.ofSeconds(30), 102_400);
  }

  private static ToolResult write(RoleRuntime runtime, String path) {
    return runtime.call(
        new ToolCall("c1", "write_file", Map.of("path", path, "content", "[core]\n")));
  }

  private static String git(Path where, String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(words));
    Process process =
        new ProcessBuilder(command).directory(where.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}

package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.tools.GitSettings;
import initrunner.ssh.SshdExtension;
import initrunner.tool.Tool;
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
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
@Timeout(60)
class GitToolTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static Optional<ToolSide> opened = Optional.empty();

  @Parameter ToolSide.Where where = ToolSide.Where.THIS_MACHINE;
  @TempDir Path directory;
  private Path tree = Path.of("");

  @BeforeEach
  void connect() throws Exception {
    if (opened.isEmpty()) {
      opened = Optional.of(ToolSide.open(where, sshd));
    }
    tree = Files.createDirectory(directory.resolve("tree"));
    git("init", "-q", "-b", "main");
    git("config", "user.name", "A");
    git("config", "user.email", "a@example.org");
    Files.writeString(tree.resolve("a.txt"), "one\n");
    git("add", ".");
    git("commit", "-qm", "First");
  }

  @AfterAll
  static void disconnect() {
    opened.ifPresent(ToolSide::close);
    opened = Optional.empty();
  }

  @Test
  void aWorkTreeIsRead() throws Exception {
    Files.writeString(tree.resolve("a.txt"), "two\n");
    Files.writeString(tree.resolve("new"), "x");
    assertThat(call("git_status", Map.of()).text()).isEqualTo("STDOUT:\n## main\n M a.txt\n?? new");
    assertThat(call("git_diff", Map.of()).text()).contains("-one\n+two");
    assertThat(call("git_diff", Map.of("staged", true)).text()).isEqualTo("(no output)");
    assertThat(call("git_diff", Map.of("revision", "HEAD", "path", "new")).text())
        .isEqualTo("(no output)");
    git("commit", "-qam", "Second");
    assertThat(call("git_log", Map.of("count", 1)).text())
        .contains("Second")
        .doesNotContain("First");
    assertThat(call("git_log", Map.of("revision", "HEAD~1")).text()).contains("First");
    assertThat(call("git_show", Map.of()).text()).contains("Second", "-one\n+two");
    assertThat(call("git_show", Map.of("revision", "HEAD~1:a.txt")).text())
        .isEqualTo("STDOUT:\none");
  }

  @Test
  void whatWritesIsThereWhereTheRoleSaysSo() throws Exception {
    assertThat(runtime(true).tools().stream().map(Tool::name))
        .containsExactly(
            "git_status",
            "git_diff",
            "git_log",
            "git_show",
            "git_blame",
            "git_changed_files",
            "git_list_files");
    Files.writeString(tree.resolve("-b *"), "x");
    Files.writeString(tree.resolve("-b c"), "x");
    RoleRuntime runtime = runtime(false);
    assertThat(runtime.call(call("c1", "git_add", Map.of("path", "-b *"))).text())
        .isEqualTo("(no output)");
    assertThat(call("git_status", Map.of()).text()).contains("A  -b *", "?? -b c");
    String message = "Ünusual 'message'\n\n# kept\n\n  $(id) \\n \"x\"\n";
    ToolResult committed = runtime.call(call("c1", "git_commit", Map.of("message", message)));
    assertThat(committed.status()).isEqualTo(Status.SUCCEEDED);
    assertThat(git("log", "-1", "--format=%B")).isEqualTo(message + "\n");
    assertThat(runtime.call(call("c1", "git_commit", Map.of("message", " "))).status())
        .isEqualTo(Status.REFUSED);
  }

  @Test
  void aFileOfARevisionIsNamedFromTheToolsDirectory() throws Exception {
    Files.writeString(Files.createDirectory(tree.resolve("sub")).resolve("secret"), "hunter2\n");
    git("add", ".");
    git("commit", "-qm", "Second");
    GitSettings inSub = new GitSettings("tree/sub", true, Duration.ofSeconds(30), 102_400);
    RoleRuntime runtime = opened.orElseThrow().runtime(directory, inSub);
    for (String revision : List.of("HEAD:secret", "HEAD:./secret", ":secret", ":0:secret")) {
      assertThat(runtime.call(call("c1", "git_show", Map.of("revision", revision))).text())
          .as(revision)
          .isEqualTo("STDOUT:\nhunter2");
      assertThat(call("git_show", Map.of("revision", revision)).text())
          .as(revision)
          .doesNotContain("hunter2");
    }
    assertThat(runtime.call(call("c1", "git_show", Map.of("revision", "HEAD:sub/secret"))).text())
        .doesNotContain("hunter2");
    assertThat(runtime.call(call("c1", "git_show", Map.of("revision", "HEAD:../a.txt"))).text())
        .isEqualTo("STDOUT:\none");
    assertThat(runtime.call(call("c1", "git_show", Map.of("revision", ":/Second"))).text())
        .contains("Second");
    for (String revision : List.of("HEAD:secret..HEAD:../a.txt", "HEAD:/sub/secret", "HEAD:..")) {
      for (String function : List.of("git_diff", "git_show")) {
        assertThat(runtime.call(call("c1", function, Map.of("revision", revision))).status())
            .as(revision)
            .isEqualTo(Status.REFUSED);
      }
    }
  }

  @Test
  void filesAreListedAndTheirLinesExplained() throws Exception {
    Files.writeString(Files.createDirectory(tree.resolve("sub")).resolve("b.txt"), "two\n");
    git("add", ".");
    git("commit", "-qm", "Second");
    Files.writeString(tree.resolve("a.txt"), "three\n");
    assertThat(call("git_list_files", Map.of()).text()).isEqualTo("a.txt\nsub/b.txt");
    assertThat(call("git_list_files", Map.of("path", "sub")).text()).isEqualTo("sub/b.txt");
    assertThat(call("git_changed_files", Map.of()).text()).isEqualTo("M a.txt\nA sub/b.txt");
    assertThat(call("git_changed_files", Map.of("ref", "HEAD")).text()).isEqualTo("M a.txt");
    assertThat(call("git_blame", Map.of("path", "sub/b.txt")).text()).contains("(A ", "1) two");
    assertThat(call("git_blame", Map.of("path", "a.txt", "ref", "HEAD")).text()).contains("one");
    assertThat(call("git_log", Map.of("max_count", 1)).text())
        .contains("Second")
        .doesNotContain("First");
    assertThat(call("git_log", Map.of("max_count", 1, "count", 1)).status())
        .isEqualTo(Status.INVALID);
    assertThat(runtime(1).call(call("c1", "git_list_files", Map.of())).text())
        .isEqualTo("\n[truncated]");
  }

  private RoleRuntime runtime(int maxBytes) {
    return opened
        .orElseThrow()
        .runtime(tree, new GitSettings(".", true, Duration.ofSeconds(30), maxBytes));
  }

  @Test
  void aRevisionIsNeverAnOptionAndAPathNeverMagic() {
    Path written = tree.resolve("written");
    for (String function : List.of("git_diff", "git_log", "git_show")) {
      ToolResult result = call(function, Map.of("revision", "--output=written"));
      assertThat(result.status()).isEqualTo(Status.REFUSED);
      assertThat(result.text()).contains("options are not taken");
      assertThat(call(function, Map.of("path", "--output=written")).status())
          .isNotEqualTo(Status.REFUSED);
      assertThat(call(function, Map.of("path", ":(top)a.txt")).text()).doesNotContain("one");
    }
    for (String search : List.of("HEAD^{/((a{1,99}){1,99}){1,99}}", ":/((a{1,99}){1,99}){,99}")) {
      assertThat(call("git_log", Map.of("revision", search)).text())
          .contains("a repetition in braces, which may take all memory");
    }
    assertThat(call("git_log", Map.of("revision", "HEAD^{/.*}^{commit}")).status())
        .isEqualTo(Status.SUCCEEDED);
    assertThat(call("git_log", Map.of("count", 0)).status()).isEqualTo(Status.REFUSED);
    assertThat(written).doesNotExist();
  }

  @Test
  void whatIsNoRepositoryIsToldByGit() {
    GitSettings outside = new GitSettings("..", true, Duration.ofSeconds(30), 1000);
    ToolResult result =
        opened.orElseThrow().runtime(tree, outside).call(call("c1", "git_log", Map.of()));
    assertThat(result.status()).isEqualTo(Status.FAILED);
    assertThat(result.text()).contains("not a git repository");
  }

  @Test
  void noFileIsReadWhereThereIsNoRepository() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "hunter2\n");
    GitSettings outside = new GitSettings("..", true, Duration.ofSeconds(30), 102_400);
    RoleRuntime plain = opened.orElseThrow().runtime(tree, outside);
    for (Map<String, Object> arguments :
        List.<Map<String, Object>>of(
            Map.of("revision", secret.toString(), "path", "/dev/null"),
            Map.of("revision", "secret", "path", "/dev/null"),
            Map.of("revision", "/dev/null", "path", secret.toString(), "staged", true))) {
      ToolResult result = plain.call(call("c1", "git_diff", arguments));
      assertThat(result.status()).as(arguments.toString()).isEqualTo(Status.FAILED);
      assertThat(result.text()).contains("not a git repository").doesNotContain("hunter2");
      assertThat(call("git_diff", arguments).text()).doesNotContain("hunter2");
    }
  }

  @Test
  void aSideWithoutGitSaysSo() throws IOException {
    for (String function : List.of("git_status", "git_diff")) {
      ToolResult result =
          opened
              .orElseThrow()
              .runtimeWithOnly(List.of("sh"), tree, settings(true))
              .call(call("c1", function, Map.of()));
      assertThat(result.text()).contains("git").contains("127");
    }
  }

  private static GitSettings settings(boolean readOnly) {
    return new GitSettings(".", readOnly, Duration.ofSeconds(30), 102_400);
  }

  private RoleRuntime runtime(boolean readOnly) {
    return opened.orElseThrow().runtime(tree, settings(readOnly));
  }

  private ToolResult call(String function, Map<String, Object> arguments) {
    return runtime(true).call(call("c1", function, arguments));
  }

  private static ToolCall call(String id, String function, Map<String, Object> arguments) {
    return new ToolCall(id, function, arguments);
  }

  private String git(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(words));
    Process process =
        new ProcessBuilder(command).directory(tree.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}

package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.launch.PlainLauncher;
import initrunner.role.tools.GitSettings;
import initrunner.role.tools.Permissions;
import initrunner.role.tools.ToolGrant;
import initrunner.ssh.SshdExtension;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A role's rules on paths, against all that git can show.
@Timeout(120)
class GitRulesTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @TempDir Path tree;
  private Optional<ToolSide> opened = Optional.empty();

  @BeforeEach
  void makeTree() throws Exception {
    opened = Optional.of(ToolSide.open(ToolSide.Where.THIS_MACHINE, sshd));
    git("init", "-q", "-b", "main");
    git("config", "user.name", "A");
    git("config", "user.email", "a@example.org");
    git("commit", "-q", "--allow-empty", "-m", "First");
  }

  @AfterEach
  void disconnect() {
    opened.ifPresent(ToolSide::close);
  }

  @Test
  void whatRulesOnPathsDenyIsShownByNoWayOfNamingIt() throws Exception {
    ToolSide side = opened.orElseThrow();
    Path secrets = Files.createDirectories(tree.resolve("sub/secrets"));
    Files.writeString(secrets.resolve("key"), "hunter1\n");
    Files.writeString(secrets.resolve("k\u00e9y"), "hunter1\n");
    Files.writeString(tree.resolve("sub/open"), "first\n");
    Files.writeString(tree.resolve("sub/we[i]rd*.pem"), "hunter1\n");
    git("add", ".");
    git("commit", "-qm", "Second");
    Files.writeString(secrets.resolve("key"), "hunter2\n");
    Files.writeString(secrets.resolve("k\u00e9y"), "hunter2\n");
    Files.writeString(tree.resolve("sub/open"), "second\n");
    Files.writeString(tree.resolve("sub/we[i]rd*.pem"), "hunter2\n");
    git("commit", "-qam", "Third");
    Files.writeString(secrets.resolve("key"), "hunter3\n");
    Files.writeString(tree.resolve("sub/open"), "third\n");
    String file = git("rev-parse", "HEAD:sub/secrets/key").strip();
    String directory = git("rev-parse", "HEAD~1:sub/secrets").strip();
    RoleRuntime runtime =
        denying(
            side,
            new GitSettings("sub", false, Duration.ofSeconds(30), 102_400),
            "path=secrets/*",
            "path=*.p?m");
    List<Map<String, Object>> calls = new ArrayList<>();
    for (String revision :
        List.of(
            "HEAD",
            "HEAD~1",
            "HEAD~1..HEAD",
            "HEAD~1...HEAD",
            "HEAD^!",
            "HEAD~1:sub/secrets",
            "HEAD~1:secrets",
            "HEAD~1:./x/../secrets",
            "HEAD:secrets/key",
            ":secrets/key",
            "HEAD~1:secrets..HEAD:secrets",
            file,
            directory,
            directory + "..HEAD:secrets",
            file + ".." + file)) {
      calls.add(Map.of("revision", revision));
    }
    calls.add(Map.of("ref", "HEAD~1:secrets", "path", "key"));
    for (String path :
        List.of(
            ".",
            "secrets",
            "secrets/",
            "./x/../secrets",
            "secrets/key",
            "key",
            tree + "/sub",
            tree + "/sub/secrets/key",
            "..",
            "../sub",
            "*",
            "s*",
            ":(top)sub",
            ":/",
            ":(glob)**",
            "we[i]rd*.pem")) {
      calls.add(Map.of("path", path));
      calls.add(Map.of("revision", "HEAD~1..HEAD", "path", path));
    }
    for (Tool tool : runtime.tools()) {
      List<String> known = tool.parameters().stream().map(Tool.Parameter::name).toList();
      for (Map<String, Object> arguments : calls) {
        if (known.containsAll(tool.underOwnNames(arguments).keySet())
            && !tool.name().equals("git_add")) {
          assertThat(runtime.call(call("c1", tool.name(), arguments)).text())
              .as(tool.name() + " " + arguments)
              .doesNotContain("hunter");
        }
      }
    }
    assertThat(runtime.call(call("c1", "git_diff", Map.of())).text())
        .contains("-second", "+third", "[files that rules of the role deny are left out]");
    assertThat(runtime.call(call("c1", "git_show", Map.of("path", "."))).text())
        .contains("Third", "+second", "left out");
    assertThat(runtime.call(call("c1", "git_list_files", Map.of())).text()).startsWith("open\n[");
    assertThat(runtime.call(call("c1", "git_changed_files", Map.of("path", "."))).text())
        .startsWith("M open\n[");
    runtime.call(call("c1", "git_add", Map.of("path", ".")));
    assertThat(git("diff", "--cached", "--name-only")).isEqualTo("sub/open\n");
  }

  private RoleRuntime denying(ToolSide side, GitSettings settings, String... rules) {
    List<Permissions.Rule> deny =
        Stream.of(rules)
            .map(rule -> rule.split("=", 2))
            .map(parts -> new Permissions.Rule(Optional.of(parts[0]), parts[1]))
            .toList();
    Permissions permissions = new Permissions(Permissions.Default.ALLOW, List.of(), deny);
    return side.runtime(
        tree,
        new PlainLauncher(),
        List.of(new ToolGrant(settings, ToolGrant.Approval.AUTO, permissions)));
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

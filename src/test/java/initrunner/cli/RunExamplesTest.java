package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.agent.ScriptedModel;
import initrunner.agent.ScriptedModel.Call;
import initrunner.cli.console.ExitCodes;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The roles under `examples/`, run with a model that follows a script, on a host that is this
/// machine.
class RunExamplesTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @TempDir private Path directory;
  private ScriptedModel server = ScriptedModel.of();
  private final Map<String, String> environment = new HashMap<>();

  @AfterEach
  void stopServer() {
    server.close();
  }

  @Test
  void theBuildServerIsLookedAtAndNothingIsPushedFromIt() throws Exception {
    Path work = Files.createDirectories(sshd.home().resolve("build"));
    Files.writeString(work.resolve("Makefile"), "all:\n\t@echo built\n");
    script(
        ScriptedModel.calls(
            ScriptedModel.shellCall("a", "grep -c built Makefile"),
            new Call("b", "read_file", "{\"path\": \"Makefile\"}"),
            ScriptedModel.shellCall("c", "git push origin")),
        ScriptedModel.text("It builds."));

    run("build-server.yaml", "build-box", work);

    assertThat(server.requests().getLast().body().toString())
        .contains("STDOUT:\\n1", "@echo built", "Permission denied: run_shell");
  }

  @Test
  void theGpuBoxRunsPythonWhereItsFilesAre() throws Exception {
    Path work = Files.createDirectories(sshd.home().resolve("experiments"));
    script(
        ScriptedModel.calls(
            new Call("a", "run_python", "{\"code\": \"open('r.txt', 'w').write(str(6 * 7))\"}")),
        ScriptedModel.calls(new Call("b", "read_file", "{\"path\": \"r.txt\"}")),
        ScriptedModel.text("42."));

    run("gpu-box.yaml", "gpu-box", work);

    assertThat(work.resolve("r.txt")).hasContent("42");
    assertThat(server.requests().getLast().lastMessage()).contains("42");
  }

  @Test
  void whatTheBuildServerBuiltRunsOnTheGpuBoxWithAYes() throws Exception {
    Path project = Files.createDirectories(directory.resolve("project"));
    Path runs = Files.createDirectories(sshd.home().resolve("runs"));
    Files.writeString(
        project.resolve("Makefile"), "all:\n\techo 'echo measured' >app; echo log >build.log\n");
    script(
        ScriptedModel.shell("make"),
        ScriptedModel.calls(
            new Call(
                "b",
                "copy_file",
                "{\"from\": \"build\", \"source\": \"app\", \"to\": \"gpu\", \"target\": \"app\"}")),
        ScriptedModel.calls(
            new Call("c", "run_shell", "{\"command\": \"sh app\", \"sandbox\": \"gpu\"}")),
        ScriptedModel.text("It measured."));
    String text =
        Files.readString(Path.of("examples/build-and-gpu.yaml"))
            .replaceAll(
                "( *)host: (build-box|gpu-box).*\\n",
                "$1host: " + SshdExtension.HOST + "\n$1config_file: " + sshd.configFile() + "\n")
            .replace("~/agent/build", sshd.home().resolve("agent/build").toString())
            .replace("/srv/runs", runs.toString());
    String role = Files.writeString(project.resolve("build-and-gpu.yaml"), text).toString();
    CapturedConsole console = CapturedConsole.of(environment);

    assertThat(console.run("run", role, "-p", "Go."))
        .as(console.stderr())
        .isEqualTo(ExitCodes.PAUSED);

    assertThat(project.resolve("build.log")).hasContent("log");
    assertThat(runs.resolve("app")).hasContent("echo measured");
    Matcher id = Pattern.compile("approve ([0-9a-f]{12})").matcher(console.stderr());
    assertThat(id.find()).as(console.stderr()).isTrue();
    CapturedConsole later = CapturedConsole.of(environment);
    assertThat(later.run("approve", id.group(1))).as(later.stderr()).isZero();
    assertThat(server.requests().getLast().lastMessage())
        .isEqualTo("On gpu (my-build-box):\nSTDOUT:\nmeasured");
  }

  @Test
  void theStagingMachineIsLookedAtFreelyAndChangedWithAYesOnly() throws Exception {
    Path work = Files.createDirectories(sshd.home().resolve("staging"));
    environment.put("STAGING_HOST", SshdExtension.HOST);
    script(
        ScriptedModel.calls(
            ScriptedModel.shellCall("a", "uptime"),
            ScriptedModel.shellCall("b", "cat /etc/passwd")),
        ScriptedModel.calls(new Call("c", "restart_service", "{\"service\": \"nothing-of-ours\"}")),
        ScriptedModel.text("It was not restarted."));
    CapturedConsole console = CapturedConsole.of(environment);
    String role = role("staging-vm.yaml", "${STAGING_HOST}", work);

    assertThat(console.run("run", role, "-p", "Go."))
        .as(console.stderr())
        .isEqualTo(ExitCodes.PAUSED);

    assertThat(server.requests()).hasSize(2);
    assertThat(server.requests().getLast().body().toString())
        .contains("load average", "Permission denied: run_shell");
    Matcher id = Pattern.compile("approve ([0-9a-f]{12})").matcher(console.stderr());
    assertThat(id.find()).as(console.stderr()).isTrue();
    CapturedConsole later = CapturedConsole.of(environment);
    assertThat(later.run("approve", id.group(1), "--deny")).as(later.stderr()).isZero();
    assertThat(later.stdout()).isEqualTo("It was not restarted.\n");
  }

  @Test
  void theLocalSandboxHasBothItsTools() throws Exception {
    script(
        ScriptedModel.calls(
            ScriptedModel.shellCall("a", "echo from the shell"),
            new Call("b", "run_python", "{\"code\": \"print('from', 'python')\"}")),
        ScriptedModel.text("Both work."));
    Path role = Path.of(role("local-sandbox.yaml", "", directory));
    String text = Files.readString(role);
    assertThat(text).contains("preset: sandbox", "    memory_limit: 512m");
    Files.writeString(
        role, text.replace("    memory_limit: 512m", "    memory_limit: 512m\n    backend: none"));

    CapturedConsole console = CapturedConsole.of(environment);

    assertThat(console.run("run", role.toString(), "-p", "Go.")).as(console.stderr()).isZero();
    assertThat(server.requests().getLast().body().toString())
        .contains("from the shell", "from python");
  }

  private void script(ScriptedModel.Reply... replies) {
    server.close();
    server = ScriptedModel.of(replies);
    environment.put("OPENAI_API_KEY", "sk-test");
    environment.put("OPENAI_BASE_URL", server.baseUrl().toString());
    environment.put("INITRUNNER_HOME", directory.resolve("home").toString());
  }

  private void run(String example, String host, Path work) throws IOException {
    CapturedConsole console = CapturedConsole.of(environment);

    int status = console.run("run", role(example, host, work), "-p", "Go.");

    assertThat(status).as(console.stderr()).isZero();
  }

  /// The example with its host as the test's server knows it.
  private String role(String example, String host, Path work) throws IOException {
    String text =
        Files.readString(Path.of("examples", example))
            .replaceAll(" *remote_cwd: .*\\n", "")
            .replaceFirst(
                "( *)host: "
                    + Pattern.quote(host)
                    + " .*\\n|( *)host: "
                    + Pattern.quote(host)
                    + "\\n",
                "$1$2host: "
                    + Matcher.quoteReplacement(host.startsWith("$") ? host : SshdExtension.HOST)
                    + "\n$1$2config_file: "
                    + sshd.configFile()
                    + "\n$1$2remote_cwd: "
                    + work
                    + "\n");
    return Files.writeString(directory.resolve(example), text).toString();
  }
}

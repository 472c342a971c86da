package initrunner.run;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.Agent;
import initrunner.Role;
import initrunner.RunListener;
import initrunner.agent.ScriptedModel;
import initrunner.audit.AuditQuery;
import initrunner.cli.CapturedConsole;
import initrunner.cli.console.ExitCodes;
import initrunner.exec.ChildJvm;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// One role whose sandboxes, on two real hosts and on one that is down, have files of this machine.
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class SeveralWorkspacesTest {

  @RegisterExtension static final SshdExtension build = new SshdExtension();
  @RegisterExtension static final SshdExtension gpu = new SshdExtension();

  @TempDir private Path directory;
  private Path here;
  private Path onBuild;
  private Path onGpu;
  private ScriptedModel server = ScriptedModel.of();
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void makeTree() throws IOException {
    here = Files.createDirectory(directory.resolve("here"));
    onBuild = directory.resolve("on-build");
    onGpu = directory.resolve("on-gpu");
    Files.writeString(here.resolve("source.txt"), "one\n");
    environment.put("INITRUNNER_HOME", directory.resolve("home").toString());
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  private void script(ScriptedModel.Reply... replies) {
    server.close();
    server = ScriptedModel.of(replies);
    environment.putAll(server.environment());
  }

  /// @param sandbox empty for the default
  private static ScriptedModel.Reply shell(String sandbox, String command) {
    String named = sandbox.isEmpty() ? "" : ", \"sandbox\": \"" + sandbox + "\"";
    return ScriptedModel.calls(
        new ScriptedModel.Call(
            "call", "run_shell", "{\"command\": \"sh -c '" + command + "'\"" + named + "}"));
  }

  private CapturedConsole console() {
    return CapturedConsole.of(environment);
  }

  /// @param sandboxes lines of `sandboxes`, in the place of the usual ones
  private String role(String sandboxes) throws IOException {
    String text =
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata: {name: two}
        spec:
          role: You build on one host, and run on another.
          model: {provider: openai, name: gpt-5-mini}
          tools:
            - {type: shell, sandboxes: [build, gpu, down]}
          security:
            sandboxes:
        """;
    return Files.writeString(here.resolve("role.yaml"), text + sandboxes.indent(6)).toString();
  }

  private String role() throws IOException {
    return role(
        """
        default: gpu
        down:
          backend: ssh
          ssh: {host: 127.0.0.9, connect_timeout: 2, remote_cwd: ~/w, workspace: {local: .}}
        build:
          backend: ssh
          ssh: {host: HOST, config_file: BUILD, remote_cwd: %s, workspace: {local: .}}
        gpu:
          backend: ssh
          ssh: {host: HOST, config_file: GPU, remote_cwd: %s, workspace: {local: .}}
        """
            .formatted(onBuild, onGpu)
            .replace("HOST", SshdExtension.HOST)
            .replace("BUILD", build.configFile().toString())
            .replace("GPU", gpu.configFile().toString()));
  }

  private List<String> transfers() {
    return new AuditQuery(Optional.of("sandbox.transfer"), Optional.empty(), Optional.empty(), 10)
        .run(directory.resolve("home/audit.db")).stream()
            .map(AuditQuery.Event::details)
            .toList()
            .reversed();
  }

  @Test
  void theTreeGoesOnlyWhereACallIsMadeAndComesBackFromThere() throws Exception {
    script(shell("build", "cat source.txt >made.txt"), ScriptedModel.text("Built."));
    String role = role();

    CapturedConsole console = console();
    assertThat(console.run("run", role, "-p", "Go.")).as(console.stderr()).isEqualTo(ExitCodes.OK);

    assertThat(here.resolve("made.txt")).hasContent("one");
    assertThat(onBuild.resolve("role.yaml")).doesNotExist();
    assertThat(onGpu).doesNotExist();
    assertThat(transfers())
        .satisfiesExactly(
            push -> assertThat(push).contains("sandbox=build ", " direction=push "),
            pull -> assertThat(pull).contains("sandbox=build ", " direction=pull "));
    assertThat(server.requests().getFirst().body().toString())
        .contains(
            "The working directory is a copy of the person's own files; what you change",
            "Each of these copies is one of its own: a change in one is not in another.");
  }

  @Test
  void whatTwoHostsChangedComesBackInTheRolesOrderAndTheSecondIsAConflict() throws Exception {
    script(
        shell("", "echo gpu >source.txt; echo gpu >gpu.txt"),
        shell("build", "echo build >source.txt; echo build >build.txt"),
        ScriptedModel.text("Done."));
    String role = role();

    CapturedConsole console = console();
    assertThat(console.run("run", role, "-p", "Go.")).isEqualTo(ExitCodes.FAILED);

    assertThat(console.stderr())
        .endsWith(
            """
            Error: 1 file of the workspace differs here and on gpu (my-build-box); each side keeps its own
              source.txt: changed on both sides
            Look with: initrunner sync ROLE --sandbox gpu --dry-run; decide with --take here or --take there.
            """
                .replace("ROLE", role));
    assertThat(here.resolve("build.txt")).hasContent("build");
    assertThat(here.resolve("gpu.txt")).hasContent("gpu");
    assertThat(here.resolve("source.txt")).hasContent("build");
    assertThat(onGpu.resolve("source.txt")).hasContent("gpu");

    assertThat(console().run("sync", role, "--sandbox", "gpu", "--take", "there", "--yes"))
        .isEqualTo(ExitCodes.OK);
    assertThat(here.resolve("source.txt")).hasContent("gpu");
    assertThat(onBuild.resolve("source.txt")).hasContent("build");
  }

  @Test
  void whatOneHostChangedGoesToTheOtherWithItsNextRun() throws Exception {
    script(
        shell("build", "cat source.txt >built.txt; echo two >source.txt"),
        shell("gpu", "cat source.txt; ls built.txt"),
        ScriptedModel.text("Done."),
        shell("gpu", "cat source.txt built.txt"),
        ScriptedModel.text("Done."));
    String role = role();

    CapturedConsole console = console();
    assertThat(console.run("run", role, "-p", "Go.")).as(console.stderr()).isEqualTo(ExitCodes.OK);
    assertThat(onGpu.resolve("built.txt")).doesNotExist();
    assertThat(console().run("run", role, "-p", "Go.")).isEqualTo(ExitCodes.OK);

    assertThat(onGpu.resolve("built.txt")).hasContent("one");
    assertThat(server.requests().getLast().lastMessage())
        .isEqualTo("On gpu (my-build-box):\nSTDOUT:\ntwo\none");
  }

  @Test
  void aHostThatIsDownIsAnAnswerAndHasNothingToBringBack() throws Exception {
    script(
        shell("down", "true"), shell("build", "echo new >made.txt"), ScriptedModel.text("Done."));

    CapturedConsole console = console();
    assertThat(console.run("run", role(), "-p", "Go."))
        .as(console.stderr())
        .isEqualTo(ExitCodes.OK);

    assertThat(server.requests().get(1).lastMessage())
        .startsWith("On down (127.0.0.9):\n")
        .contains("the workspace could not be brought to ~/w on down (127.0.0.9): ");
    assertThat(here.resolve("made.txt")).hasContent("new");
    assertThat(console.stderr()).doesNotContain("down");
  }

  @Test
  void aHostThatGoesDownKeepsItsWorkAndTheOthersComesBack() throws Exception {
    script(
        shell("build", "echo new >built.txt"),
        shell("gpu", "echo new >made.txt; exec sleep 1000"),
        ScriptedModel.text("Lost it."));
    String role = role();
    CapturedConsole console = console();
    FutureTask<Integer> status = new FutureTask<>(() -> console.run("run", role, "-p", "Go."));
    Thread.ofPlatform().start(status);
    while (!Files.exists(onGpu.resolve("made.txt"))) {
      Thread.sleep(20);
    }
    gpu.stop();
    try {
      assertThat(status.get()).isEqualTo(ExitCodes.FAILED);
    } finally {
      gpu.start();
    }

    assertThat(console.stderr())
        .contains("Error: what changed in " + onGpu + " on gpu (my-build-box) has not come back: ")
        .endsWith("\nBring it back with: initrunner sync " + role + " --sandbox gpu\n");
    assertThat(here.resolve("built.txt")).hasContent("new");
    assertThat(here.resolve("made.txt")).doesNotExist();

    assertThat(console().run("sync", role, "--sandbox", "gpu", "--yes")).isEqualTo(ExitCodes.OK);
    assertThat(here.resolve("made.txt")).hasContent("new");
  }

  @Test
  void aPausedRunGoesOnWithTheTreeOfItsSandbox() throws Exception {
    script(shell("build", "cat source.txt >seen.txt"), ScriptedModel.text("Done."));
    String role = role();
    Files.writeString(
        Path.of(role),
        Files.readString(Path.of(role)).replace("type: shell", "type: shell, approval: required"));
    CapturedConsole paused = console();
    assertThat(paused.run("run", role, "-p", "Go.")).isEqualTo(ExitCodes.PAUSED);
    assertThat(onBuild).doesNotExist();
    String runId = paused.stderr().replaceAll("(?s).*?Run ([0-9a-f]{12}) waits.*", "$1");

    CapturedConsole approved = console();
    assertThat(approved.run("approve", runId)).as(approved.stderr()).isEqualTo(ExitCodes.OK);

    assertThat(here.resolve("seen.txt")).hasContent("one");
    assertThat(onGpu).doesNotExist();
  }

  @Test
  void aSessionBringsBackFromEachAtItsEnd() throws Exception {
    script(
        shell("build", "echo 1 >build.txt"),
        ScriptedModel.text("One."),
        shell("gpu", "echo 2 >gpu.txt"),
        ScriptedModel.text("Two."));
    CapturedConsole console = CapturedConsole.withStdin("first\nsecond\n", environment);

    assertThat(console.run("run", role(), "-i")).as(console.stderr()).isEqualTo(ExitCodes.OK);

    assertThat(here.resolve("build.txt")).hasContent("1");
    assertThat(here.resolve("gpu.txt")).hasContent("2");
    assertThat(transfers()).hasSize(4);
  }

  @Test
  void aJavaProgramsAgentPushesWithACallAndPullsWhenItCloses() throws Exception {
    script(shell("build", "cat source.txt >made.txt"), ScriptedModel.text("Done."));

    try (Agent agent = Agent.open(Role.load(Path.of(role()), environment))) {
      assertThat(onBuild).doesNotExist();
      assertThat(agent.run("Go.", RunListener.NONE).output()).isEqualTo("Done.");
      assertThat(here.resolve("made.txt")).doesNotExist();
    }

    assertThat(here.resolve("made.txt")).hasContent("one");
    assertThat(onGpu).doesNotExist();
  }

  @Test
  void aDryRunSaysOfEachWhetherItCanBeReachedAndWhatWouldGo() throws Exception {
    CapturedConsole console = console();

    assertThat(console.run("run", role(), "-p", "Go.", "--dry-run", "--model", "openai:x"))
        .as(console.stderr())
        .isEqualTo(ExitCodes.OK);

    assertThat(console.stdout())
        .contains(
            "runs on  down (127.0.0.9), where its calls would fail: ",
            "\n         build (my-build-box), which can be reached\n"
                + "         gpu (my-build-box), which can be reached\n",
            "files    " + here + ": 1 file would go to " + onBuild + " on build (my-build-box); ",
            "files    " + here + ": 1 file would go to " + onGpu + " on gpu (my-build-box); ");
    assertThat(onBuild).doesNotExist();
  }

  @Test
  void syncNamesTheSandboxesThatHaveAWorkspace() throws Exception {
    CapturedConsole console = console();
    String role =
        role(
            """
            default: build
            build: {backend: none}
            gpu:
              backend: ssh
              ssh: {host: HOST, config_file: GPU, remote_cwd: %s, workspace: {local: .}}
            down: {backend: none}
            """
                .formatted(onGpu)
                .replace("HOST", SshdExtension.HOST)
                .replace("GPU", gpu.configFile().toString()));

    assertThat(console.run("sync", role, "--yes")).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr())
        .contains("sandbox build has no workspace; add --sandbox with one that has: gpu\n");
  }

  @Test
  void mountsComeBackFromEachSandboxInWhichACommandRan() throws Exception {
    Path first = Files.createDirectory(directory.resolve("first"));
    Path second = Files.createDirectory(directory.resolve("second"));
    Files.writeString(first.resolve("a.txt"), "one\n");
    Files.writeString(second.resolve("b.txt"), "one\n");
    String role =
        role(
            """
            default: build
            build:
              backend: ssh
              ssh: {host: HOST, config_file: BUILD}
              bind_mounts: [{source: %s, target: %s, local: true, read_only: false}]
            gpu:
              backend: ssh
              ssh: {host: HOST, config_file: GPU}
              bind_mounts: [{source: %s, target: %s, local: true, read_only: false}]
            down:
              backend: ssh
              ssh: {host: 127.0.0.9, connect_timeout: 2}
              bind_mounts: [{source: %s, target: data, local: true, read_only: false}]
            """
                .formatted(first, onBuild, second, onGpu, second)
                .replace("HOST", SshdExtension.HOST)
                .replace("BUILD", build.configFile().toString())
                .replace("GPU", gpu.configFile().toString()));
    script(
        shell("gpu", "echo two >>" + onGpu + "/b.txt"),
        ScriptedModel.text("Done."),
        shell("build", "echo two >>" + onBuild + "/a.txt"),
        shell("gpu", "echo three >>" + onGpu + "/b.txt"),
        ScriptedModel.text("Done."));

    succeed("run", role, "-p", "Go.");
    assertThat(second.resolve("b.txt")).hasContent("one\ntwo");
    assertThat(onBuild).doesNotExist();

    succeed("run", role, "-p", "Go.");
    assertThat(first.resolve("a.txt")).hasContent("one\ntwo");
    assertThat(second.resolve("b.txt")).hasContent("one\ntwo\nthree");
  }

  /// As a process of its own: what is staged is known by the environment of this one.
  private void succeed(String... arguments) throws Exception {
    Path errors = directory.resolve("errors");
    ProcessBuilder builder =
        new ProcessBuilder(ChildJvm.initrunner(List.of(), arguments))
            .redirectOutput(directory.resolve("output").toFile())
            .redirectError(errors.toFile());
    builder.environment().putAll(environment);
    int status = builder.start().waitFor();
    assertThat(status).as(Files.readString(errors)).isZero();
  }
}

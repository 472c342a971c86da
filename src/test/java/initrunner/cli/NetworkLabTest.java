package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import initrunner.agent.ScriptedModel;
import initrunner.cli.console.ExitCodes;
import initrunner.launch.SlurmExtension;
import initrunner.ssh.NetworkLab;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// One run works on three hosts behind a jump host: one with fish as login shell, one with tcsh
/// whose commands bubblewrap contains, and one with dash that sends jobs to a Slurm cluster. Each
/// has its own network and account.
@Timeout(300)
class NetworkLabTest {

  private static final SlurmExtension slurm = new SlurmExtension(SlurmExtension.Limits.HELD);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, Path> WORK = new HashMap<>();
  private static Optional<NetworkLab> made = Optional.empty();

  @TempDir private Path directory;

  @BeforeAll
  static void makeLab() throws IOException {
    NetworkLab lab = NetworkLab.of("builder", "gpubox", "cluster");
    made = Optional.of(lab);
    lab.serve("builder", new SshdExtension().as("initrunner-fish", "/bin/fish"));
    lab.serve("gpubox", new SshdExtension().as("initrunner-tcsh", "/bin/tcsh"));
    slurm.within(lab.enteringNetworkOf("cluster")).start();
    lab.serve(
        "cluster",
        new SshdExtension()
            .as("initrunner-dash", "/bin/dash")
            .withEnvironment("SLURM_CONF=" + slurm.environment().get("SLURM_CONF")));
    for (String name : List.of("builder", "gpubox", "cluster")) {
      SshdExtension sshd = lab.server(name);
      Path work = Files.createDirectory(sshd.directory().resolve("work"));
      Files.setOwner(
          work,
          work.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(sshd.user()));
      WORK.put(name, work);
    }
  }

  @AfterAll
  static void endLab() throws Exception {
    slurm.stop();
    made.ifPresent(NetworkLab::close);
  }

  private static NetworkLab lab() {
    return made.orElseThrow();
  }

  private static Path work(String host) {
    return Objects.requireNonNull(WORK.get(host));
  }

  private Path role() throws IOException {
    Path configuration =
        lab().writeConfiguration(directory.resolve("ssh_config"), "ServerAliveInterval 2");
    String ssh = "host: %s, config_file: " + configuration + ", remote_cwd: %s";
    return Files.writeString(
        directory.resolve("role.yaml"),
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata: {name: lab}
        spec:
          role: You build on one host, and run on two others.
          model: {provider: openai, name: gpt-5-mini}
          tools:
            - type: shell
              sandboxes: [build, gpu, jobs]
            - type: filesystem
              read_only: false
            - type: transfer
              sandboxes: [build, gpu, jobs]
          security:
            sandboxes:
              default: build
              build: {backend: ssh, ssh: {%s}}
              gpu: {backend: ssh, ssh: {%s, launcher: bwrap}}
              jobs: {backend: ssh, ssh: {%s, launcher: slurm}}
        """
            .formatted(
                ssh.formatted("builder", work("builder")),
                ssh.formatted("gpubox", work("gpubox")),
                ssh.formatted("cluster", work("cluster"))));
  }

  private static ScriptedModel.Call call(String id, String tool, Map<String, String> arguments) {
    ObjectNode json = JSON.createObjectNode();
    arguments.forEach(json::put);
    return new ScriptedModel.Call(id, tool, json.toString());
  }

  private static ScriptedModel.Call run(String id, String sandbox, String command) {
    return call(id, "run_shell", Map.of("sandbox", sandbox, "command", command));
  }

  private static ScriptedModel.Call copy(String id, String sandbox, String target) {
    return call(
        id,
        "copy_file",
        Map.of("from", "build", "source", "hello.pyz", "to", sandbox, "target", target));
  }

  /// Builds on one host, moves what was built to the others and runs it there; then works on two
  /// while the link of one is cut, and on it again when the link is back.
  private static ScriptedModel model() {
    return ScriptedModel.of(
        ScriptedModel.calls(
            call(
                "source",
                "write_file",
                Map.of(
                    "path",
                    "src/hello.py",
                    "content",
                    "def main():\n  import getpass\n  print('built, run by', getpass.getuser())\n"))),
        ScriptedModel.calls(
            run("built", "build", "python3 -m zipapp src -m hello:main -o hello.pyz")),
        ScriptedModel.calls(copy("copied", "gpu", "hello.pyz")),
        ScriptedModel.calls(copy("queued", "jobs", "hello.pyz")),
        ScriptedModel.calls(
            run("contained", "gpu", "python3 hello.pyz"), run("job", "jobs", "python3 hello.pyz")),
        ScriptedModel.calls(
            run("cut", "build", "sh -c 'echo once >>starts; sleep 300; touch finished'"),
            run("beside", "gpu", "sh -c 'until [ -e cut ]; do sleep 0.1; done; echo went on'")),
        ScriptedModel.calls(
            run("away", "build", "touch again"),
            run("still", "jobs", "echo still here"),
            copy("torn", "gpu", "torn.pyz")),
        ScriptedModel.calls(run("waits", "gpu", "sh -c 'until [ -e mended ]; do sleep 0.1; done'")),
        ScriptedModel.calls(run("back", "build", "cat starts")),
        ScriptedModel.text("Done."));
  }

  /// How many requests the model has had when the call `waits` runs.
  private static final int REQUESTS_BEFORE_THE_LINK_IS_BACK = 8;

  @Test
  void aRunOnThreeHostsGoesOnWhereOneLinkIsCutAndTellsTheTruthOfIt() throws Exception {
    try (ScriptedModel model = model();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Map<String, String> environment = new HashMap<>(model.environment());
      environment.put("INITRUNNER_HOME", directory.resolve("home").toString());
      CapturedConsole console = CapturedConsole.of(environment);
      String role = role().toString();
      Future<Integer> run = threads.submit(() -> console.run("run", role, "-p", "Go."));

      Path starts = work("builder").resolve("starts");
      await(run, console, () -> Files.exists(starts) && Files.size(starts) > 0);
      lab().cut("builder");
      Files.createFile(work("gpubox").resolve("cut"));
      await(run, console, () -> model.requests().size() == REQUESTS_BEFORE_THE_LINK_IS_BACK);
      lab().mend("builder");
      Files.createFile(work("gpubox").resolve("mended"));

      assertThat(run.get()).as(console.stderr()).isEqualTo(ExitCodes.OK);
      assertAnswers(model.requests().getLast());
      assertThat(starts).hasContent("once");
      assertThat(work("gpubox").resolve("torn.pyz")).doesNotExist();
      assertThat(work("builder")).isDirectoryNotContaining("glob:**{again,finished}");
      assertRecord(environment);
    }
  }

  /// Until something has happened during the run.
  private static void await(
      Future<Integer> run, CapturedConsole console, Callable<Boolean> happened) throws Exception {
    while (!happened.call()) {
      assertThat(run.isDone()).as(console.stdout() + console.stderr()).isFalse();
      Thread.sleep(20);
    }
  }

  private static void assertAnswers(ScriptedModel.Request last) {
    assertThat(answer(last, "built")).isEqualTo("On build (builder):\n(no output)");
    assertThat(answer(last, "copied"))
        .startsWith(
            "From build (builder) to gpu (gpubox):\nCopied to hello.pyz on gpu (gpubox): created, ");
    assertThat(answer(last, "queued"))
        .startsWith("From build (builder) to jobs (cluster):\nCopied to hello.pyz");
    assertThat(answer(last, "contained"))
        .isEqualTo("On gpu (gpubox):\nSTDOUT:\nbuilt, run by initrunner-tcsh");
    assertThat(answer(last, "job"))
        .isEqualTo("On jobs (cluster):\nSTDOUT:\nbuilt, run by initrunner-dash");

    assertThat(answer(last, "cut"))
        .startsWith("On build (builder):\nError: the connection to build (builder) was lost")
        .endsWith("The command may have run, and may still be running; it was not retried.");
    assertThat(answer(last, "beside")).isEqualTo("On gpu (gpubox):\nSTDOUT:\nwent on");
    assertThat(answer(last, "away"))
        .startsWith("On build (builder):\nError: ")
        .contains("its jump host 'jump' does not reach 'builder'", "Nothing was started.");
    assertThat(answer(last, "torn"))
        .startsWith("On build (builder):\nError: ")
        .contains("its jump host 'jump' does not reach 'builder'", "Nothing was started.")
        .containsPattern(
            "Nothing was changed on gpu \\(gpubox\\)|its files there are as they were");
    assertThat(answer(last, "still")).isEqualTo("On jobs (cluster):\nSTDOUT:\nstill here");
    assertThat(answer(last, "back")).isEqualTo("On build (builder):\nSTDOUT:\nonce");
  }

  private static String answer(ScriptedModel.Request request, String id) {
    for (JsonNode message : request.body().path("messages")) {
      if (message.path("tool_call_id").asText().equals(id)) {
        return message.path("content").asText();
      }
    }
    throw new AssertionError("no answer to " + id + " in " + request.body());
  }

  private static void assertRecord(Map<String, String> environment) throws IOException {
    JsonNode run = JSON.readTree(printed(environment, "show", "last", "--json"));
    assertThat(run.path("places").findValuesAsText("host"))
        .containsExactly("builder", "gpubox", "cluster");
    List<String> calls = new ArrayList<>();
    for (JsonNode entry : run.path("story")) {
      JsonNode call = entry.path("call");
      if (!call.isMissingNode()) {
        calls.add(
            String.join(
                " ",
                call.path("request_id").asText(),
                call.path("sandbox").asText(),
                call.path("host").asText(),
                call.path("end").path("ended").asText()));
      }
    }
    // Whether the copy had begun at its other end depends on how fast the first one failed.
    assertThat(calls)
        .filteredOn(call -> !call.startsWith("torn gpu gpubox "))
        .containsExactlyInAnyOrder(
            "source build builder exited",
            "built build builder exited",
            "copied build builder exited",
            "copied gpu gpubox exited",
            "queued build builder exited",
            "queued jobs cluster exited",
            "contained gpu gpubox exited",
            "job jobs cluster exited",
            "cut build builder lost",
            "beside gpu gpubox exited",
            "away build builder not_started",
            "still jobs cluster exited",
            "torn build builder not_started",
            "waits gpu gpubox exited",
            "back build builder exited");
    String places = "build (builder), gpu (gpubox), jobs (cluster)";
    assertThat(printed(environment, "show", "last"))
        .contains("lab on " + places + ", asked by run");
    assertThat(printed(environment, "runs")).contains(places);
    assertThat(printed(environment, "audit", "security-events"))
        .contains("host=builder sandbox=build", "host=gpubox sandbox=gpu")
        .contains("host=cluster sandbox=jobs");
    assertThat(printed(environment, "audit", "verify")).isNotBlank();
  }

  private static String printed(Map<String, String> environment, String... args) {
    CapturedConsole console = CapturedConsole.of(environment);
    assertThat(console.run(args)).as(console.stderr()).isEqualTo(ExitCodes.OK);
    return console.stdout();
  }
}

package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.RoleLoader;
import initrunner.ssh.SshdExtension;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Sandboxes that are not what the author of a role takes them for: two on one host, and one whose
/// host has another key than before.
@Timeout(90)
class MistakenSandboxesTest {

  @RegisterExtension static final SshdExtension shared = new SshdExtension();
  private final SshdExtension changing = new SshdExtension();

  @TempDir private Path directory;
  private Optional<Recorded> recorded = Optional.empty();
  private Optional<RoleRuntime> opened = Optional.empty();

  @BeforeEach
  void open() throws IOException {
    changing.prepareAndStart();
    Path file = directory.resolve("role.yaml");
    Files.writeString(
        file,
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata: {name: mistaken}
        spec:
          role: You build on one host, and run on another.
          tools:
            - type: shell
              sandboxes: [build, twin, changing]
            - type: jobs
              sandboxes: [build, twin]
          security:
            sandboxes:
              default: build
              build: {backend: ssh, ssh: {host: my-build-box, config_file: SHARED}}
              twin:
                backend: ssh
                file_size_limit: 1m
                ssh: {host: my-build-box, config_file: SHARED, launcher: bwrap, remote_cwd: WORK}
              changing: {backend: ssh, ssh: {host: my-build-box, config_file: CHANGING}}
        """
            .replace("SHARED", shared.configFile().toString())
            .replace("CHANGING", changing.configFile().toString())
            .replace("WORK", Files.createDirectory(directory.resolve("work")).toString()));
    recorded = Optional.of(new Recorded(directory));
    opened =
        Optional.of(
            RoleRuntime.open(
                RoleLoader.load(file, Map.of()), recorded.map(Recorded::store), "run1"));
  }

  @AfterEach
  void close() {
    opened.ifPresent(RoleRuntime::close);
    recorded.ifPresent(Recorded::close);
    changing.stopAndDelete();
  }

  private ToolResult run(String sandbox, String command) {
    return call("run_shell", Map.of("command", command, "sandbox", sandbox));
  }

  private ToolResult call(String function, Map<String, Object> arguments) {
    return opened.orElseThrow().call(new ToolCall("c1", function, arguments));
  }

  private List<String> ends() {
    return recorded.orElseThrow().lines().stream()
        .filter(line -> line.startsWith("sandbox.exec"))
        .toList();
  }

  @Test
  void twoOnOneHostHaveAConnectionLimitsAndARecordOfTheirOwn() throws Exception {
    String large = "sh -c 'head -c 2000000 /dev/zero >%s'";
    assertThat(run("build", large.formatted(directory.resolve("large"))).status())
        .isEqualTo(ToolResult.Status.SUCCEEDED);
    assertThat(run("twin", large.formatted("large")).status()).isEqualTo(ToolResult.Status.FAILED);
    assertThat(directory.resolve("large")).hasSize(2_000_000);
    assertThat(directory.resolve("work/large")).hasSize(1 << 20);
    assertThat(shared.clients()).hasSize(2);

    Path marks = directory.resolve("work");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<ToolResult> first =
          threads.submit(() ->
              run(
                  "build",
                  "sh -c 'until [ -e %s/b ]; do sleep 0.1; done; echo one'".formatted(marks)));
      Future<ToolResult> second =
          threads.submit(() -> run("twin", "sh -c 'touch b; sleep 1; echo two'"));
      assertThat(first.get().text()).isEqualTo("On build (my-build-box):\nSTDOUT:\none");
      assertThat(second.get().text()).isEqualTo("On twin (my-build-box):\nSTDOUT:\ntwo");
    }
    assertThat(ends())
        .allSatisfy(line ->
            assertThat(line.contains(" sandbox=twin "))
                .isEqualTo(line.contains(" launcher=bwrap ")));
  }

  /// Jobs are an account's: each sandbox there lists them all, and can stop them.
  @Test
  void twoOnOneHostSeeTheSameJobsAndTheRecordSaysWhereEachWasStartedAndStopped() {
    assertThat(call("start_job", Map.of("command", "sleep 300", "sandbox", "build")).status())
        .isEqualTo(ToolResult.Status.SUCCEEDED);
    String listed = call("list_jobs", Map.of("sandbox", "twin")).text();
    assertThat(listed).startsWith("On twin (my-build-box):\n").contains(": running, ");
    String id = listed.lines().toList().get(1).substring(0, 12);

    assertThat(call("stop_job", Map.of("id", id, "sandbox", "twin")).text())
        .startsWith("On twin (my-build-box):\n" + id)
        .endsWith("No process of it is left on twin (my-build-box).");

    assertThat(recorded.orElseThrow().lines())
        .filteredOn(line -> line.startsWith("sandbox.job "))
        .satisfiesExactly(
            started -> assertThat(started).contains(" sandbox=build job=" + id, " ended=started "),
            stopped -> assertThat(stopped).contains(" sandbox=twin job=" + id, " ended=stopped "));
  }

  @Test
  void aHostWithAnotherKeyIsAnAnswerWithTheNextStepAndGetsNothing() throws Exception {
    changeKey();

    assertRefused(run("changing", "touch " + directory.resolve("sent")));
    assertThat(run("build", "echo up").text()).contains("up");
    assertThat(directory.resolve("sent")).doesNotExist();
  }

  @Test
  void aHostWithAnotherKeyAtTheNextLoginOfARunGetsNothing() throws Exception {
    assertThat(run("changing", "echo before").text()).contains("before");
    changing.stop();
    changeKey();

    assertRefused(run("changing", "touch " + directory.resolve("sent")));
    assertThat(run("build", "echo up").text()).contains("up");
    assertThat(directory.resolve("sent")).doesNotExist();
  }

  private void assertRefused(ToolResult result) {
    assertThat(result.status()).isEqualTo(ToolResult.Status.NOT_STARTED);
    assertThat(result.text())
        .startsWith("On changing (my-build-box):\nError: ")
        .contains("REMOTE HOST IDENTIFICATION HAS CHANGED", "Nothing was started.")
        .containsOnlyOnce("ssh-keygen")
        .contains("-R '[127.0.0.1]:" + changing.port() + "', then connect once by hand");
    assertThat(changing.logins()).isZero();
    assertThat(ends().getLast())
        .contains(" sandbox=changing ", " ended=not_started reason=host_key_changed ");
  }

  private void changeKey() throws Exception {
    changing.stop();
    Files.delete(changing.directory().resolve("host_key"));
    Files.delete(changing.directory().resolve("host_key.pub"));
    new ProcessBuilder(
            "ssh-keygen",
            "-q",
            "-t",
            "ed25519",
            "-N",
            "",
            "-f",
            changing.directory().resolve("host_key").toString())
        .start()
        .waitFor();
    changing.start();
  }
}

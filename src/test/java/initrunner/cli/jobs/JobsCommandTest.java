package initrunner.cli.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.audit.AuditQuery;
import initrunner.cli.CapturedConsole;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The commands about jobs over a real sshd. Each is a process of its own for the host: it connects
/// anew.
@Timeout(120)
class JobsCommandTest {

  @RegisterExtension static final SshdExtension SSHD = new SshdExtension();

  @TempDir private Path directory;
  private CapturedConsole console = CapturedConsole.of(Map.of());

  @BeforeEach
  void writeRole() throws IOException {
    Files.writeString(
        directory.resolve("role.yaml"),
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata:
          name: builder
        spec:
          role: You build on the host.
          security:
            sandbox:
              backend: ssh
              ssh:
                host: %s
                config_file: %s
                remote_cwd: %s
        """
            .formatted(SshdExtension.HOST, SSHD.configFile(), directory));
  }

  @AfterEach
  void stopAll() {
    run("list");
    for (String line : console.stdout().lines().toList()) {
      if (line.contains("running")) {
        run("stop", line.substring(0, 12));
      }
    }
    run("clean", "--all");
  }

  private int run(String command, String... words) {
    List<String> line =
        new ArrayList<>(List.of("jobs", command, directory.resolve("role.yaml").toString()));
    line.addAll(List.of(words));
    console = CapturedConsole.of(Map.of("INITRUNNER_HOME", directory.resolve("home").toString()));
    return console.run(line.toArray(String[]::new));
  }

  /// What InitRunner's scripts for jobs say to it is no output of a command.
  @Test
  void theRecordHasTheOutputOfAJobAndNothingOfTheAnswersOfScripts() throws IOException {
    Path role = directory.resolve("role.yaml");
    Files.writeString(
        role,
        Files.readString(role)
            .replace("security:", "security:\n    audit: {arguments: true, output: true}"));
    String id = start("echo precious");
    assertThat(run("wait", id)).isZero();
    assertThat(run("output", id)).isZero();
    assertThat(run("stop", id)).isZero();
    assertThat(run("list")).isZero();

    console = CapturedConsole.of(Map.of("INITRUNNER_HOME", directory.resolve("home").toString()));
    console.run("audit", "security-events", "--event-type", "sandbox.exec", "--format", "csv");
    assertThat(console.stdout().lines().filter(line -> line.contains("output_begin=")))
        .singleElement()
        .asString()
        .contains("function=job_output", "output_begin=precious");
    assertThat(console.stdout()).doesNotContain("cookie");

    console = CapturedConsole.of(Map.of("INITRUNNER_HOME", directory.resolve("home").toString()));
    console.run("tail");
    assertThat(console.stdout())
        .contains(
            "start_job [\"sh\",\"-c\",\"echo precious\"]",
            "wait_jobs [\"" + id + "\"]",
            "job_output [\"" + id + "\"]",
            "stop_job [\"" + id + "\"]",
            "list_jobs []");
  }

  private String start(String script) {
    assertThat(run("start", "--name", "work", "--", "sh", "-c", script)).isZero();
    assertThat(console.stderr()).contains("survives logout: yes");
    return console.stdout().strip();
  }

  private List<String> runs(String ofCalls) {
    return new AuditQuery(Optional.of("sandbox.exec"), Optional.empty(), Optional.empty(), 1000)
        .run(directory.resolve("home/audit.db")).stream()
            .filter(row -> row.details().contains(ofCalls))
            .map(row -> row.details().replaceAll("(?:.* )?run=(\\S*).*", "$1"))
            .distinct()
            .toList();
  }

  private String events() {
    console = CapturedConsole.of(Map.of("INITRUNNER_HOME", directory.resolve("home").toString()));
    console.run("audit", "security-events", "--event-type", "sandbox.job", "--format", "csv");
    return console.stdout();
  }

  @Test
  void aWordInFrontOfTheCommandIsNotDropped() {
    assertThat(run("start", "train.sh", "--", "true")).isEqualTo(2);
    assertThat(console.stderr()).contains("'train.sh' stands in front of --");
  }

  @Test
  void aJobIsStartedFollowedAndAwaitedAndItsEndIsRecordedOnce() {
    String id = start("printf 'a\\000b\\377\\n'; sleep 1; echo end >&2; exit 5");
    assertThat(id).matches("[0-9a-f]{12}");
    assertThat(run("output", id, "-f")).isEqualTo(5);
    assertThat(console.stdoutBytes()).isEqualTo(bytes("a\0b\377\nend\n"));
    assertThat(run("output", id.substring(0, 6), "--from", "5")).isZero();
    assertThat(console.stdout()).isEqualTo("end\n");
    assertThat(run("output", "work", "--from", "5")).isZero();
    assertThat(console.stdout()).isEqualTo("end\n");
    assertThat(run("wait", id)).isEqualTo(5);
    assertThat(console.stdout()).startsWith(id + "  work ").contains("exit 5 after ");
    assertThat(run("list", "--json")).isZero();
    assertThat(console.stdout())
        .contains("\"id\":\"" + id + "\"", "\"state\":\"exited\"", "\"exit_status\":5");
    assertThat(events().lines().filter(line -> line.contains("job=" + id)))
        .hasSize(2)
        .anyMatch(line -> line.contains("ended=started"))
        .anyMatch(line -> line.contains("ended=exited rc=5"));
  }

  @Test
  void whoFollowsAJobFollowsItOverARestartOfTheServer() throws Exception {
    Path go = directory.resolve("go");
    String id = start("echo one; until [ -e " + go + " ]; do sleep 0.1; done; echo two; exit 6");
    CapturedConsole follower =
        CapturedConsole.of(Map.of("INITRUNNER_HOME", directory.resolve("home").toString()));
    CompletableFuture<Integer> status = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() ->
            status.complete(
                follower.run(
                    "jobs", "output", directory.resolve("role.yaml").toString(), id, "-f")));
    while (!follower.stdout().equals("one\n")) {
      Thread.sleep(10);
    }
    SSHD.stop();
    while (!follower.stderr().contains("refused")) {
      Thread.sleep(10);
    }
    SSHD.start();
    Files.createFile(go);
    assertThat(status.get()).isEqualTo(6);
    assertThat(follower.stdout()).isEqualTo("one\ntwo\n");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  @Test
  void aWaitThatIsTooShortSaysSoAndTheJobGoesOn() {
    String id = start("sleep 1000");
    assertThat(run("wait", id, "--timeout", "1s")).isEqualTo(124);
    assertThat(console.stdout()).contains("running");
    assertThat(run("clean", id)).isEqualTo(125);
    assertThat(console.stderr()).contains("job " + id + " is running: stop it before");
    assertThat(run("stop", id)).isZero();
    assertThat(console.stdout()).contains("stopped after ");
  }

  @Test
  void severalAreWaitedFor() {
    String first = start("exit 0");
    String second = start("sleep 1000");
    assertThat(run("output", "work")).isEqualTo(125);
    assertThat(console.stderr()).contains("more than one job is meant by work: ");
    assertThat(run("wait", first, second, "--any")).isZero();
    String third = start("exit 3");
    assertThat(run("wait", first, third)).isEqualTo(1);
  }

  @Test
  void anAnswerThatDescribesNoJobIsSaid() throws IOException {
    Path strange = Files.createDirectories(SSHD.home().resolve(".cache/initrunner/jobs/not-an-id"));
    Path start =
        Files.writeString(
            strange.resolve("start"), "name strange\ncookie " + "0".repeat(24) + "\n");
    for (String command : List.of("output", "wait", "stop")) {
      assertThat(run(command, "strange")).as(command).isEqualTo(125);
      assertThat(console.stderr())
          .contains(
              "the host does not say how the job is", "initrunner jobs list shows the jobs there");
    }
    Files.delete(start);
  }

  @Test
  void wrongUsageStartsNothing() {
    assertThat(run("output", "../x")).isEqualTo(2);
    assertThat(console.stderr()).contains("'../x' is no job's id or name");
    assertThat(run("output")).isEqualTo(2);
    assertThat(console.stderr()).contains("the job's id is missing");
    assertThat(run("start")).isEqualTo(2);
    assertThat(console.stderr()).contains("no command is given; write it after --");
    assertThat(run("start", "--name", "a b", "--", "true")).isEqualTo(2);
    assertThat(run("clean", "--all", "--older", "1h")).isEqualTo(2);
    assertThat(run("output", "abc123")).isEqualTo(125);
    assertThat(console.stderr()).contains("there is no job abc123");
  }

  @Test
  void ofSeveralSandboxesEachIsListedAndAnUnknownJobNamesItsOwn() throws IOException {
    Path role = directory.resolve("role.yaml");
    Files.writeString(
        role,
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata: {name: two}
        spec:
          role: You build.
          security:
            sandboxes:
              default: first
              first: {backend: ssh, ssh: {host: %1$s, config_file: %2$s, remote_cwd: %3$s}}
              other: {backend: ssh, ssh: {host: %1$s, config_file: %2$s}}
              down: {backend: ssh, ssh: {host: 127.0.0.9, connect_timeout: 2}}
        """
            .formatted(SshdExtension.HOST, SSHD.configFile(), directory));
    String id = start("sleep 100");

    assertThat(run("list")).isEqualTo(125);
    assertThat(console.stdout().lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("first  " + id + "  work "),
            line -> assertThat(line).startsWith("other  " + id + "  work "));
    assertThat(console.stderr()).startsWith("Error: sandbox down: ");
    assertThat(runs("function=list_jobs")).as("one run").hasSize(1);

    assertThat(run("list", "--json", "--sandbox", "other")).isZero();
    assertThat(console.stdout()).startsWith("{\"id\":\"" + id);
    run("list", "--json");
    assertThat(console.stdout()).startsWith("{\"sandbox\":\"first\",\"id\":\"" + id);

    assertThat(run("output", "none")).isEqualTo(125);
    assertThat(console.stderr())
        .contains(
            "there is no job none in sandbox first (my-build-box)",
            "initrunner jobs list shows the jobs of each sandbox; name one with --sandbox.");
    assertThat(run("stop", "work", "--sandbox", "other")).isZero();
  }
}

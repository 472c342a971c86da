package initrunner.door.codex;

import static initrunner.door.codex.ResponsesModel.command;
import static initrunner.door.codex.ResponsesModel.patch;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import initrunner.audit.AuditQuery;
import initrunner.cli.CapturedConsole;
import initrunner.cli.RemoteAgent;
import initrunner.exec.ChildJvm;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Codex itself (`src/test/npm`, which dev/test installs) with `initrunner exec-server` as its only
/// environment, a host that is a real sshd, and a scripted model.
@Timeout(300)
class CodexTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static final Path CODEX =
      Path.of("target/npm/node_modules/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern SESSION = Pattern.compile("session ID (\\d+)");

  @TempDir private Path directory;
  private Path local;
  private Path work;

  @BeforeEach
  void makeDirectories() throws IOException {
    local = Files.createDirectory(directory.resolve("local"));
    work = Files.createDirectory(directory.resolve("work"));
    Files.createDirectories(directory.resolve("user/.codex"));
  }

  /// Codex at one task, isolated from the user's own.
  private Process codex(ResponsesModel model, Path role) throws IOException {
    List<String> server = ChildJvm.initrunner(List.of(), "exec-server", role.toString());
    Files.writeString(
        directory.resolve("user/.codex/environments.toml"),
        """
        default = "box"
        include_local = false

        [[environments]]
        id = "box"
        program = %s
        args = %s
        initialize_timeout_sec = 120
        """
            .formatted(
                JSON.writeValueAsString(server.getFirst()),
                JSON.writeValueAsString(server.subList(1, server.size()))));
    Files.writeString(
        directory.resolve("user/.codex/config.toml"),
        """
        model = "gpt-5.5"
        model_provider = "scripted"
        sandbox_mode = "danger-full-access"
        check_for_update_on_startup = false

        [analytics]
        enabled = false

        [model_providers.scripted]
        name = "scripted"
        base_url = "%s"
        wire_api = "responses"

        [projects."%s"]
        trust_level = "trusted"
        """
            .formatted(model.url(), local));
    ProcessBuilder builder =
        new ProcessBuilder(
                CODEX.toAbsolutePath().toString(), "exec", "--skip-git-repo-check", "Mend it.")
            .directory(local.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(directory.resolve("codex.out").toFile())
            .redirectError(directory.resolve("codex.err").toFile());
    String path = System.getenv("PATH");
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH",
                path,
                "HOME",
                directory.resolve("user").toString(),
                "CODEX_HOME",
                directory.resolve("user/.codex").toString(),
                "LANG",
                "C.UTF-8",
                "ONLY_HERE",
                "of this machine",
                "INITRUNNER_HOME",
                directory.resolve("home").toString()));
    return builder.start();
  }

  private Path role() throws IOException {
    return new RemoteAgent(sshd, directory, work)
        .role("- {type: shell}\n    - {type: filesystem, read_only: false}", "");
  }

  private List<String> ended() {
    return new AuditQuery(Optional.of("sandbox.exec"), Optional.empty(), Optional.empty(), 1000)
        .run(directory.resolve("home/audit.db")).stream()
            .map(AuditQuery.Event::details)
            .toList()
            .reversed();
  }

  /// Waits until the command that the step before left running has said `word`, presses Ctrl-C, and
  /// waits for its end. Codex may hear of the end at any of these steps.
  private static UnaryOperator<String> interruptOnceItSaid(String word) {
    AtomicBoolean said = new AtomicBoolean();
    AtomicBoolean interrupted = new AtomicBoolean();
    return outcome -> {
      Matcher session = SESSION.matcher(outcome);
      if (!session.find()) {
        return ResponsesModel.FINISHED;
      }
      said.compareAndSet(false, outcome.contains(word));
      boolean interruptsNow = said.get() && interrupted.compareAndSet(false, true);
      return ResponsesModel.call(
          JSON.createObjectNode()
              .put("session_id", Integer.parseInt(session.group(1)))
              .put("chars", interruptsNow ? "\u0003" : ""),
          "write_stdin");
    };
  }

  private static UnaryOperator<String> longCommand(String script) {
    return _ ->
        ResponsesModel.call(
            JSON.createObjectNode().put("cmd", script).put("yield_time_ms", 1000), "exec_command");
  }

  @Test
  void aTaskIsDoneWhollyOnTheHost() throws Exception {
    Files.writeString(work.resolve("app.sh"), "echo hullo\n");
    Files.writeString(
        work.resolve("build.sh"), "sh -n app.sh && mkdir -p out && cp app.sh out/app\n");
    Files.writeString(work.resolve("test.sh"), "[ \"$(sh out/app)\" = 'hello world' ]\n");
    Files.writeString(work.resolve("AGENTS.md"), "Keep it small.\n");
    List<UnaryOperator<String>> script =
        List.of(
            command("ls && cat app.sh && env"),
            patch("*** Update File: app.sh\n@@\n-echo hullo\n+echo \"hello\n"),
            command("sh build.sh"),
            patch("*** Update File: app.sh\n@@\n-echo \"hello\n+echo hello\n"),
            command("sh build.sh && sh test.sh && echo passed"),
            patch(
                "*** Update File: app.sh\n@@\n-echo hello\n+echo hello world\n"
                    + "*** Add File: notes/why.md\n+The test wants two words.\n"),
            command("sh build.sh && sh test.sh && echo passed > result.txt"),
            command("cat result.txt notes/why.md"),
            command("rm result.txt"),
            longCommand("echo up; sleep 1088"),
            interruptOnceItSaid("\nup\n"));
    try (ResponsesModel model = new ResponsesModel(script)) {
      Process codex = codex(model, role());
      boolean ended = codex.waitFor(180, TimeUnit.SECONDS);

      String said = said(model);
      codex.destroyForcibly();
      assertThat(ended).as(said).isTrue();
      assertThat(codex.exitValue()).as(said).isZero();
      assertThat(model.failures()).as(said).isEmpty();
      List<String> outcomes = model.outcomes();
      assertThat(outcomes).as(said).hasSizeGreaterThan(script.size());
      assertThat(outcomes.get(1))
          .contains("exited with code 0", "build.sh", "echo hullo", "NO_COLOR=1")
          .doesNotContain("ONLY_HERE");
      assertThat(outcomes.get(2)).contains("app.sh");
      assertThat(outcomes.get(3)).contains("exited with code 2");
      assertThat(outcomes.get(5)).contains("exited with code 1").doesNotContain("passed");
      assertThat(outcomes.get(7)).contains("exited with code 0");
      assertThat(outcomes.get(8)).contains("passed", "The test wants two words.");
      assertThat(outcomes.get(9)).contains("command 'rm' is blocked");
      assertThat(outcomes.get(10)).contains("session ID");
      assertThat(outcomes.getLast())
          .contains("exited with code 130", "stopped by the client; nothing of it runs any more");
    }
    assertThat(local).isEmptyDirectory();
    assertThat(work.resolve("out/app")).hasContent("echo hello world");
    assertThat(work.resolve("result.txt")).hasContent("passed");
    assertThat(commands("sleep 1088")).isEmpty();
    assertTheRecordIsWhole();
  }

  private void assertTheRecordIsWhole() {
    List<String> ended = ended();
    assertThat(ended).allMatch(row -> row.contains(" client=codex-environment "));
    assertThat(
            ended.stream()
                .filter(row -> row.contains(" tool=shell "))
                .map(row -> row.replaceAll(".* rc=(\\d+) .* ended=(\\S+) .*", "$1 $2"))
                .toList())
        .containsExactly(
            "0 exited",
            "2 exited",
            "1 exited",
            "0 exited",
            "0 exited",
            "126 refused",
            "130 cancelled");
    assertThat(ended).anyMatch(row -> row.contains(" ended=cancelled stop=stopped "));
    assertThat(ended.stream().filter(row -> row.contains(" function=write_file ")).count())
        .isEqualTo(4);
    CapturedConsole verify =
        CapturedConsole.of(Map.of("INITRUNNER_HOME", directory.resolve("home").toString()));
    assertThat(verify.run("audit", "verify")).as(verify.stdout() + verify.stderr()).isZero();
  }

  @Test
  void killingCodexLeavesNothingRunning() throws Exception {
    try (ResponsesModel model = new ResponsesModel(List.of(command("sleep 1089; :")))) {
      Process codex = codex(model, role());
      for (int i = 0; i < 4000 && codex.isAlive() && commands("sleep 1089").isEmpty(); i++) {
        Thread.sleep(50);
      }
      assertThat(commands("sleep 1089")).as(said(model)).isNotEmpty();
      List<ProcessHandle> servers = codex.toHandle().descendants().toList();
      assertThat(servers).isNotEmpty();

      codex.destroyForcibly();

      for (ProcessHandle server : servers) {
        server.onExit().get(60, TimeUnit.SECONDS);
      }
      assertThat(commands("sleep 1089")).isEmpty();
      assertThat(ended()).anyMatch(row -> row.contains(" ended=cancelled stop=stopped "));
    }
  }

  /// What Codex and the server, whose messages it shows, said, and what the model was told.
  private String said(ResponsesModel model) throws IOException {
    return Files.readString(directory.resolve("codex.err"))
        + "\nThe model was told: "
        + model.outcomes();
  }

  private static List<String> commands(String line) {
    return ProcessHandle.allProcesses()
        .flatMap(process -> process.info().commandLine().stream())
        .filter(each -> each.endsWith(line))
        .collect(Collectors.toList());
  }
}

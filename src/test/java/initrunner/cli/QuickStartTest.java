package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import initrunner.agent.ScriptedModel;
import initrunner.cli.console.ExitCodes;
import initrunner.exec.ChildJvm;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The quick start's role, word for word, in a process of its own. Its host is an alias in the
/// user's configuration; its `/srv/work` is a directory that this server has under another name.
class QuickStartTest {

  @RegisterExtension
  static final SshdExtension sshd = new SshdExtension("ForceCommand exec sh \"$HOME/as_asked\"");

  private static final String ROLE =
      """
      apiVersion: initrunner/v1
      kind: Agent
      metadata:
        name: remote-build-agent
      spec:
        role: You are a build assistant that runs commands on the build host.
        model:
          provider: openai
          name: gpt-5-mini
        tools:
          - type: shell
        security:
          sandbox:
            backend: ssh
            ssh:
              host: my-build-box # alias from ~/.ssh/config, or user@hostname
              remote_cwd: /srv/work # optional working directory on the remote host
      """;

  @TempDir private Path directory;
  private ScriptedModel server = ScriptedModel.of();

  @BeforeEach
  void writeRoleAndClient() throws IOException {
    Files.writeString(directory.resolve("role.yaml"), ROLE);
    Files.createDirectories(sshd.home().resolve("work"));
    Files.writeString(
        sshd.home().resolve("as_asked"),
        "eval \"$(printf %s \"$SSH_ORIGINAL_COMMAND\" | sed \"s#/srv/work#$HOME/work#\")\"\n");
    Path ssh = Files.createDirectory(directory.resolve("bin")).resolve("ssh");
    Files.writeString(
        ssh, "#!/bin/sh\nexec " + realSsh() + " -F " + sshd.configFile() + " \"$@\"\n");
    Files.setPosixFilePermissions(ssh, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  @Test
  void theModelsCommandReachesTheHostAndItsOutputReachesTheModelAndTheAnswerIsPrinted()
      throws Exception {
    script(
        ScriptedModel.shell("pwd"),
        ScriptedModel.text("The work is in /srv/work, and all is well."));

    Process run = start(List.of(), "-p", "Where is the work?");
    String stdout = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(run.waitFor()).as(Files.readString(directory.resolve("stderr"))).isZero();
    assertThat(stdout).isEqualTo("The work is in /srv/work, and all is well.\n");
    assertThat(directory.resolve("stderr"))
        .hasContent(
            "Model openai:gpt-5-mini is asked at "
                + server.baseUrl()
                + ", as OPENAI_BASE_URL says, with the key in OPENAI_API_KEY.");
    assertThat(server.requests()).hasSize(2);
    assertThat(server.requests().get(0).body().path("messages").path(0).path("content").asText())
        .startsWith("You are a build assistant");
    assertThat(server.requests().get(1).lastMessage())
        .isEqualTo("STDOUT:\n" + sshd.home().resolve("work"));
    assertThat(directory.resolve("home/audit.db")).exists();
  }

  @Test
  void anInterruptStopsTheRemoteCommandAndEndsTheRunAsASignalDoes() throws Exception {
    Path started = directory.resolve("started");
    run("mkfifo", started.toString());
    script(ScriptedModel.shell("sh -c 'echo $$ > " + started + "; exec sleep 1000'"));

    Process run = start(List.of("env", "--default-signal=INT"), "-p", "Sleep.");
    long remote = Long.parseLong(Files.readString(started).strip());
    run("kill", "-INT", Long.toString(run.pid()));

    assertThat(run.waitFor()).isEqualTo(130);
    assertThat(RemoteAgent.isRunning(remote)).isFalse();
    assertThat(directory.resolve("stderr"))
        .content()
        .contains("Error: the run was interrupted; run_shell: ", "The command was stopped.");
    assertThat(recordedRun())
        .containsEntry("success", "0")
        .containsEntry("tool_names", "[\"run_shell\"]")
        .hasEntrySatisfying(
            "error", why -> assertThat(why).startsWith("the run was interrupted; run_shell: "))
        .hasEntrySatisfying(
            "event_timeline_json", events -> assertThat(events).contains("cancelled: "));
  }

  /// The one audit log row of a run.
  private Map<String, String> recordedRun() throws Exception {
    CapturedConsole export =
        CapturedConsole.of(Map.of("INITRUNNER_HOME", directory.resolve("home").toString()));
    assertThat(export.run("audit", "export")).isEqualTo(ExitCodes.OK);
    Map<String, String> columns = new HashMap<>();
    for (JsonNode row : new ObjectMapper().readTree(export.stdout())) {
      if (row.path("table").asText().equals("audit_log")) {
        assertThat(columns).isEmpty();
        row.properties()
            .forEach(column -> columns.put(column.getKey(), column.getValue().asText()));
      }
    }
    return columns;
  }

  private void script(ScriptedModel.Reply... replies) {
    server.close();
    server = ScriptedModel.of(replies);
  }

  private Process start(List<String> prefix, String... options) throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        ChildJvm.initrunner(List.of(), "run", directory.resolve("role.yaml").toString()));
    command.addAll(List.of(options));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(directory.resolve("stderr").toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH",
                directory.resolve("bin") + ":" + System.getenv("PATH"),
                "OPENAI_API_KEY",
                "sk-test",
                "OPENAI_BASE_URL",
                server.baseUrl().toString(),
                "INITRUNNER_HOME",
                directory.resolve("home").toString()));
    Process process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  private static void run(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
  }

  private static Path realSsh() {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .map(entry -> Path.of(entry, "ssh"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }
}

package initrunner.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import initrunner.agent.ScriptedModel;
import initrunner.audit.AuditQuery;
import initrunner.cli.RemoteAgent;
import initrunner.exec.ChildJvm;
import initrunner.ssh.SshdExtension;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The tree of a role that another program's agent, an editor or Codex uses goes to a real host
/// with the first call, and its work comes back when that program ends.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class WorkspaceOfServersTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;
  private Path here;
  private Path there;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void makeTree() throws IOException {
    here = Files.createDirectory(directory.resolve("here"));
    there = directory.resolve("there");
    Files.writeString(here.resolve("source.txt"), "one\n");
    environment.put("INITRUNNER_HOME", directory.resolve("home").toString());
  }

  /// A server as a process, its client's pipes, and what it said on standard error.
  private record Server(Process process, BufferedReader answers, Path errors) {

    JsonNode ask(int id, String method, String params) throws IOException {
      begin(id, method, params);
      while (true) {
        JsonNode answer = JSON.readTree(answers.readLine());
        if (answer.path("id").asInt() == id && !answer.has("method")) {
          return answer.has("result") ? answer.path("result") : answer.path("error");
        }
      }
    }

    void begin(int id, String method, String params) throws IOException {
      send(
          "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":%s}"
              .formatted(id, method, params));
    }

    void send(String message) throws IOException {
      process.getOutputStream().write((message + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    }

    int end() throws Exception {
      process.getOutputStream().close();
      return process.waitFor();
    }
  }

  private Server start(String command) throws IOException {
    return started(command, role());
  }

  private Server started(String... command) throws IOException {
    Path errors = directory.resolve("errors");
    ProcessBuilder builder =
        new ProcessBuilder(ChildJvm.initrunner(List.of(), command))
            .directory(here.toFile())
            .redirectError(errors.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    return new Server(process, process.inputReader(StandardCharsets.UTF_8), errors);
  }

  private Server mcp() throws IOException {
    return greeted(start("mcp"));
  }

  private static Server greeted(Server server) throws IOException {
    JsonNode hello =
        server.ask(
            1,
            "initialize",
            """
            {"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test"}}
            """
                .strip());
    assertThat(hello.has("serverInfo")).isTrue();
    return server;
  }

  private static String shell(String command) {
    return "{\"name\":\"run_shell\",\"arguments\":{\"command\":\"%s\"}}".formatted(command);
  }

  private static String text(JsonNode result) {
    return result.path("content").path(0).path("text").asText();
  }

  @Test
  void theFirstCallOfAnAgentBringsTheTreeAndItsEndBringsTheWorkBack() throws Exception {
    Server server = mcp();
    server.ask(2, "tools/list", "{}");
    assertThat(there).doesNotExist();

    JsonNode read = server.ask(3, "tools/call", shell("cat source.txt"));
    server.ask(4, "tools/call", shell("sh -c 'echo new >made.txt'"));

    assertThat(text(read)).startsWith("STDOUT:\none\n");
    assertThat(there.resolve("role.yaml")).doesNotExist();
    assertThat(server.end()).isZero();
    assertThat(here.resolve("made.txt")).hasContent("new");
    assertThat(transfers()).hasSize(2);
  }

  @Test
  void anAgentThatMakesNoCallTransfersNothing() throws Exception {
    assertThat(mcp().end()).isZero();

    assertThat(there).doesNotExist();
    assertThat(transfers()).isEmpty();
  }

  @Test
  void aCallSaysWhyTheTreeCannotGoAndTheNextOneTriesAgain() throws Exception {
    Files.writeString(there, "a file");
    Server server = mcp();

    JsonNode refused = server.ask(2, "tools/call", shell("cat source.txt"));
    Files.delete(there);
    JsonNode made = server.ask(3, "tools/call", shell("cat source.txt"));

    assertThat(refused.path("isError").asBoolean()).isTrue();
    assertThat(text(refused))
        .startsWith("Error: the workspace could not be brought to " + there + " on my-build-box: ")
        .contains(" is no directory. Nothing was started. ");
    assertThat(text(made)).startsWith("STDOUT:\none\n");
    assertThat(server.end()).isZero();
  }

  @Test
  void aConflictAtTheEndIsNamedAndIsNoSuccess() throws Exception {
    Server server = mcp();
    server.ask(2, "tools/call", shell("sh -c 'echo theirs >source.txt'"));
    Files.writeString(here.resolve("source.txt"), "ours");

    assertThat(server.end()).isEqualTo(1);

    assertThat(server.errors()).content().contains("  source.txt: changed on both sides\n");
    assertThat(here.resolve("source.txt")).hasContent("ours");
    assertThat(there.resolve("source.txt")).hasContent("theirs");
  }

  @Test
  void aSignalThatEndsTheServerBringsTheWorkBack() throws Exception {
    Server server = mcp();
    server.begin(2, "tools/call", shell("sh -c 'echo new >made.txt; touch begun; sleep 1000'"));
    await(there.resolve("begun"));

    server.process().destroy();

    assertThat(server.process().waitFor()).isEqualTo(143);
    assertThat(server.errors()).hasContent("");
    assertThat(here.resolve("made.txt")).hasContent("new");
  }

  @Test
  void ofSeveralSandboxesTheTreeGoesToThatOfTheCallAndComesBackFromThere() throws Exception {
    Server server = greeted(started("mcp", roleOfTwo()));

    JsonNode read =
        server.ask(
            2,
            "tools/call",
            shell("sh -c 'cat source.txt | tee made.txt'")
                .replace("\"arguments\":{", "\"arguments\":{\"sandbox\":\"other\","));

    assertThat(text(read)).startsWith("On other (my-build-box):\nSTDOUT:\none\n");
    assertThat(server.end()).isZero();
    assertThat(here.resolve("made.txt")).hasContent("one");
    assertThat(there).doesNotExist();
  }

  @Test
  void codexHasTheTreeOfTheSandboxThatIsServed() throws Exception {
    Server server = started("exec-server", roleOfTwo(), "--sandbox", "other");
    server.ask(1, "initialize", "{\"clientName\":\"test\"}");
    server.send("{\"method\":\"initialized\",\"params\":{}}");

    server.ask(
        2,
        "fs/writeFile",
        "{\"path\":\"%s\",\"dataBase64\":\"%s\"}".formatted(uri("made.txt"), base64("new\n")));

    assertThat(server.end()).isZero();
    assertThat(here.resolve("made.txt")).hasContent("new");
    assertThat(there).doesNotExist();
  }

  @Test
  void codexReadsTheTreeThereAndWhatItWritesComesBack() throws Exception {
    Server server = start("exec-server");
    server.ask(1, "initialize", "{\"clientName\":\"test\"}");
    server.send("{\"method\":\"initialized\",\"params\":{}}");

    JsonNode read = server.ask(2, "fs/readFile", "{\"path\":\"" + uri("source.txt") + "\"}");
    JsonNode written =
        server.ask(
            3,
            "fs/writeFile",
            "{\"path\":\"%s\",\"dataBase64\":\"%s\"}".formatted(uri("made.txt"), base64("new\n")));

    assertThat(read.path("dataBase64").asText()).isEqualTo(base64("one\n"));
    assertThat(written.has("message")).as(written.toString()).isFalse();
    assertThat(server.end()).isZero();
    assertThat(here.resolve("made.txt")).hasContent("new");
  }

  @Test
  void anEditorsPromptBringsTheTreeAndItsEndBringsTheWorkBack() throws Exception {
    try (ScriptedModel model =
        ScriptedModel.of(
            ScriptedModel.shell("sh -c 'cat source.txt >made.txt'"), ScriptedModel.text("Done."))) {
      environment.putAll(model.environment());
      Server server = start("acp");
      server.ask(1, "initialize", "{\"protocolVersion\":1,\"clientCapabilities\":{}}");
      String session =
          server
              .ask(2, "session/new", "{\"cwd\":\"" + here + "\",\"mcpServers\":[]}")
              .path("sessionId")
              .asText();
      assertThat(there).doesNotExist();

      JsonNode answer =
          server.ask(
              3,
              "session/prompt",
              "{\"sessionId\":\"%s\",\"prompt\":[{\"type\":\"text\",\"text\":\"Go.\"}]}"
                  .formatted(session));

      assertThat(answer.path("stopReason").asText()).isEqualTo("end_turn");
      assertThat(there.resolve("made.txt")).hasContent("one");
      assertThat(server.end()).isZero();
      assertThat(here.resolve("made.txt")).hasContent("one");
    }
  }

  private String uri(String name) {
    return "file://" + here.resolve(name);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void await(Path file) throws InterruptedException {
    while (!Files.exists(file)) {
      Thread.sleep(20);
    }
  }

  private List<AuditQuery.Event> transfers() {
    return new AuditQuery(Optional.of("sandbox.transfer"), Optional.empty(), Optional.empty(), 10)
        .run(directory.resolve("home/audit.db"));
  }

  /// Two sandboxes on one host, each with a copy of the tree.
  private String roleOfTwo() throws IOException {
    Path file = Path.of(role());
    String one = Files.readString(file);
    String sandbox = one.substring(one.indexOf("      backend: ssh"));
    return Files.writeString(
            file,
            one.substring(0, one.indexOf("    sandbox:"))
                    .replace("{type: shell}", "{type: shell, sandboxes: [first, other]}")
                    .replace("{type: filesystem,", "{type: filesystem, sandbox: other,")
                + "    sandboxes:\n      default: first\n      first:\n"
                + sandbox.indent(2)
                + "      other:\n"
                + sandbox.replace(there.toString(), there + "-too").indent(2))
        .toString();
  }

  private String role() throws IOException {
    String tools = "- {type: shell}\n    - {type: filesystem, read_only: false}";
    Path file = new RemoteAgent(sshd, here, there).role(tools, "");
    Files.writeString(file, Files.readString(file) + "        workspace: {local: .}\n");
    return file.toString();
  }
}

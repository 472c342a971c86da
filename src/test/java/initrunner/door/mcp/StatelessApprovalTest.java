package initrunner.door.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import initrunner.cli.RemoteAgent;
import initrunner.ssh.SshdExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What a client of its own making answers to a question of MCP 2026-07-28.
class StatelessApprovalTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @TempDir private Path directory;

  private static final String YES =
      """
      ,"requestState":"%s","inputResponses":{"approval":
      {"action":"accept","content":{"decision":"run"}}}
      """;

  private static final String NO =
      """
      ,"requestState":"%s","inputResponses":{"approval":{"action":"decline"}}
      """;

  private static JsonNode write(PipedServer server, String path, String content, String more)
      throws Exception {
    server.send(
        """
        {"jsonrpc":"2.0","id":"w","method":"tools/call","params":
        {"name":"write_file","arguments":{"path":"%s","content":"%s"},
        "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",
        "io.modelcontextprotocol/clientCapabilities":{"elicitation":{"form":{}}}}%s}}
        """
            .formatted(path, content, more));
    return server.receive();
  }

  @Test
  void anApprovalIsForNoOtherCallEvenIfThatReadsTheSame() throws Exception {
    Path role =
        new RemoteAgent(sshd, directory, directory)
            .role("- {type: filesystem, read_only: false, approval: required}", "");
    Map<String, String> home = Map.of("INITRUNNER_HOME", directory.resolve("home").toString());
    PipedServer server = PipedServer.start(home, "mcp", role.toString());
    try {
      JsonNode question = write(server, "x, content=a", "b", "");
      String yes = YES.formatted(question.at("/result/requestState").asText());

      JsonNode other = write(server, "x", "a, content=b", yes);
      assertThat(other.at("/error/code").asInt()).as(other.toString()).isEqualTo(-32602);
      assertThat(directory.resolve("x")).doesNotExist();

      write(server, "x, content=a", "b", yes);
      assertThat(directory.resolve("x, content=a")).hasContent("b");
    } finally {
      server.process().destroyForcibly();
    }
  }

  /// The question names the sandbox of the call and its host, not the default.
  @Test
  void theQuestionNamesTheSandboxOfTheCall() throws Exception {
    Path role =
        Files.writeString(
            directory.resolve("several.yaml"),
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata: {name: several}
            spec:
              role: You are brief.
              tools: [{type: filesystem, sandbox: far, read_only: false, approval: required}]
              security:
                sandboxes:
                  default: here
                  here: {backend: none}
                  far: {backend: ssh, ssh: {host: my-build-box, config_file: %s}}
            """
                .formatted(sshd.configFile()));
    Map<String, String> home = Map.of("INITRUNNER_HOME", directory.resolve("home").toString());
    PipedServer server = PipedServer.start(home, "mcp", role.toString());
    try {
      JsonNode form = write(server, "x", "a", "").at("/result/inputRequests/approval/params");

      assertThat(form.path("message").asText()).startsWith("write_file on far (my-build-box):\n");
      assertThat(form.at("/requestedSchema/properties/decision/description").asText())
          .startsWith("Run it on far (my-build-box), ");
    } finally {
      server.process().destroyForcibly();
    }
  }

  /// A no counts in the sandbox that needs an answer; the answer tells what ran elsewhere.
  @Test
  void aNoToACommandInSeveralSandboxesIsNotSaidOfTheOthers() throws Exception {
    Path role =
        Files.writeString(
            directory.resolve("several.yaml"),
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata: {name: several}
            spec:
              role: You are brief.
              tools:
                - {type: shell, sandbox: here}
                - {type: shell, sandbox: far, approval: required}
              security:
                sandboxes:
                  default: here
                  here: {backend: none}
                  far: {backend: ssh, ssh: {host: my-build-box, config_file: %s}}
            """
                .formatted(sshd.configFile()));
    Map<String, String> home = Map.of("INITRUNNER_HOME", directory.resolve("home").toString());
    PipedServer server = PipedServer.start(home, "mcp", role.toString());
    try {
      JsonNode question = runOn(server, "").at("/result");
      assertThat(question.at("/inputRequests/approval/params/message").asText())
          .startsWith("run_on on far (my-build-box); without a question on here (this machine):\n");

      JsonNode answer = runOn(server, NO.formatted(question.path("requestState").asText()));
      assertThat(answer.at("/result/content/0/text").asText())
          .contains("here (this machine)\nran\n", "not started: far (my-build-box)")
          .contains("Not everywhere: a person was asked, and did not approve it.")
          .doesNotContain("nothing was run", "no command ran");
    } finally {
      server.process().destroyForcibly();
    }
  }

  private static JsonNode runOn(PipedServer server, String more) throws Exception {
    server.send(
        """
        {"jsonrpc":"2.0","id":"r","method":"tools/call","params":
        {"name":"run_on","arguments":{"sandboxes":"all","command":"echo ran"},
        "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",
        "io.modelcontextprotocol/clientCapabilities":{"elicitation":{"form":{}}}}%s}}
        """
            .formatted(more));
    return server.receive();
  }
}

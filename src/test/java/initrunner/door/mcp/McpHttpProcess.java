package initrunner.door.mcp;

import initrunner.exec.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `initrunner mcp --http` on a free port of loopback.
public final class McpHttpProcess implements AutoCloseable {

  private static final Pattern SERVING = Pattern.compile("Serving .* at (http://\\S+)");

  private final Process process;
  private final URI url;
  private final Path token;

  /// @param options of the JVM
  /// @param environment beside that of the tests, with `INITRUNNER_HOME`
  /// @param arguments of `initrunner mcp`, beside `--http`
  public McpHttpProcess(List<String> options, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> words = new ArrayList<>(List.of("mcp", "--http", "127.0.0.1:0"));
    words.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(ChildJvm.initrunner(options, words.toArray(String[]::new)));
    builder.environment().putAll(environment);
    process = builder.redirectOutput(ProcessBuilder.Redirect.INHERIT).start();
    token = Path.of(environment.getOrDefault("INITRUNNER_HOME", ""), "mcp_http.token");
    BufferedReader said = process.errorReader(StandardCharsets.UTF_8);
    url = URI.create(awaitUrl(said));
    Thread.ofVirtual().start(() -> show(said));
  }

  private static void show(BufferedReader said) {
    try {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        if (!line.startsWith("Clients send")) {
          System.err.println(line);
        }
      }
    } catch (IOException ended) {
      // The signal that ends the process closes its streams, too.
    }
  }

  private static String awaitUrl(BufferedReader said) throws IOException {
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      Matcher serving = SERVING.matcher(line);
      if (serving.matches()) {
        return serving.group(1);
      }
      System.err.println(line);
    }
    throw new IOException("the server ended");
  }

  public String url() {
    return url.toString();
  }

  public int port() {
    return url.getPort();
  }

  public String token() throws IOException {
    return Files.readString(token).strip();
  }

  /// Sends SIGTERM and waits for the end.
  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("the server does not end by SIGTERM");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

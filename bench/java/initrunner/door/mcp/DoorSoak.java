package initrunner.door.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import initrunner.audit.AuditQuery;
import initrunner.bench.ProcessMemory;
import initrunner.cli.RemoteAgent;
import initrunner.door.mcp.McpClient.Way;
import initrunner.ssh.SshdExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// What other programs do to `initrunner mcp` for long: they send it what is not the protocol, and
/// they are killed. Prints Markdown, and fails where a server hangs, ends, grows, or leaves
/// something behind.
public final class DoorSoak {

  private static final int LINES_TO_A_PING = 500;
  private static final int MOST_MUTATIONS = 4;
  private static final int PATIENCE_SECONDS = 60;
  private static final int MOST_GROWTH_KIBIBYTES = 24 * 1024;
  private static final int LATEST_KILL_MILLIS = 1500;

  private static final List<String> MESSAGES =
      List.of(
          """
          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"fuzz","version":"1"}}}""",
          """
          {"jsonrpc":"2.0","id":"a","method":"tools/list","params":{}}""",
          """
          {"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"think","arguments":{"thought":"x"},"_meta":{"progressToken":3}}}""",
          """
          {"jsonrpc":"2.0","id":"b","method":"tools/call","params":{"name":"think","arguments":{"thought":"\\u00e9"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"elicitation":{"form":{}}}}}}""",
          """
          {"jsonrpc":"2.0","id":"q","method":"tools/call","params":{"name":"current_datetime","arguments":{},"requestState":"0.0","inputResponses":{"approval":{"action":"accept","content":{"decision":"run"}}},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"elicitation":{"form":{}}}}}}""",
          """
          {"jsonrpc":"2.0","id":3,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}""",
          """
          {"jsonrpc":"2.0","id":4,"method":"resources/read","params":{"uri":"initrunner://host"}}""",
          """
          {"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7,"reason":"x"}}""",
          """
          {"jsonrpc":"2.0","method":"notifications/initialized"}""",
          """
          {"jsonrpc":"2.0","id":1,"result":{"action":"accept","content":{"decision":"run"}}}""",
          """
          [{"jsonrpc":"2.0","id":8,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/initialized"}]""");

  private static final List<String> PIECES =
      List.of(
          "{", "}", "[", "]", "\"", ":", ",", "\\", "\\ud800", "null", "true", "-", "1e999", "\u0000",
          "\"id\":1", "\"id\":null", "\"method\":\"ping\"", "\"params\":[]", "\"_meta\":{}", "\r", "\n",
          "[".repeat(1000), "{\"a\":".repeat(300), "9".repeat(400), "\uFEFF", "é", "𝄞");

  private final SshdExtension sshd;
  private final Path directory;
  private final Map<String, String> environment;
  private final Random random;

  public DoorSoak(SshdExtension sshd, Path directory) throws IOException {
    this.sshd = sshd;
    this.directory = directory;
    this.environment = Map.of("INITRUNNER_HOME", directory.resolve("door").toString());
    long seed = System.nanoTime();
    this.random = new Random(seed);
    System.out.printf("%nSeed of the doors: %d%n", seed);
  }

  /// Sends so many lines to one server, most of them broken, and asks it now and then whether it
  /// still answers.
  public void fuzz(int count) throws Exception {
    Path role =
        Files.writeString(
            directory.resolve("fuzzed.yaml"),
            """
            name: fuzzed
            prompt: You are a soak test.
            tools: [think, {type: datetime, approval: required}]
            guardrails: {timeout_seconds: 1}
            """);
    PipedServer server = PipedServer.start(environment, "mcp", role.toString());
    LinkedBlockingQueue<String> alive = new LinkedBlockingQueue<>();
    Thread.ofVirtual().start(() -> readAnswers(server, alive));
    long before = 0;
    for (int line = 0; line < count; line++) {
      if (line % LINES_TO_A_PING == 0) {
        awaitAnswer(server, alive, "alive-" + line);
      }
      if (line == count / 10) {
        before = ProcessMemory.of(server.process().pid()).resident();
      }
      server.requests().write(line());
      server.requests().write('\n');
    }
    awaitAnswer(server, alive, "alive-last");
    long after = ProcessMemory.of(server.process().pid()).resident();
    System.out.printf(
        "%n%,d fuzzed messages: all pings answered, resident KiB %d after a tenth, %d at the end%n",
        count, before, after);
    server.requests().close();
    require(server.process().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "the server hangs");
    require(server.process().exitValue() == 0, "the server ends with an error");
    require(after < before + MOST_GROWTH_KIBIBYTES, "the server grows");
  }

  private byte[] line() {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    line.writeBytes(MESSAGES.get(random.nextInt(MESSAGES.size())).getBytes(UTF_8));
    for (int left = random.nextInt(MOST_MUTATIONS + 1); left > 0; left--) {
      byte[] mutated = mutated(line.toByteArray());
      line.reset();
      line.writeBytes(mutated);
    }
    return line.toByteArray();
  }

  private byte[] mutated(byte[] text) {
    int from = random.nextInt(text.length + 1);
    int to = Math.min(text.length, from + random.nextInt(20));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(text, 0, from);
    switch (random.nextInt(4)) {
      case 0 -> out.write(text, to, text.length - to);
      case 1 -> {
        out.writeBytes(PIECES.get(random.nextInt(PIECES.size())).getBytes(UTF_8));
        out.write(text, from, text.length - from);
      }
      case 2 -> {
        out.write(text, from, to - from);
        out.write(text, from, text.length - from);
      }
      default -> {
        out.write(random.nextInt(256));
        out.write(text, to, text.length - to);
      }
    }
    return out.toByteArray();
  }

  private static void readAnswers(PipedServer server, LinkedBlockingQueue<String> alive) {
    ObjectMapper json = new ObjectMapper();
    try {
      for (String line = server.answers().readLine();
          line != null;
          line = server.answers().readLine()) {
        JsonNode answer = json.readTree(line);
        if (answer.path("id").asText().startsWith("alive-")) {
          alive.add(answer.path("id").asText());
        }
      }
    } catch (IOException e) {
      System.err.println("What the server says cannot be read: " + e);
    }
  }

  private static void awaitAnswer(
      PipedServer server, LinkedBlockingQueue<String> alive, String id) throws Exception {
    server.send("{\"jsonrpc\":\"2.0\",\"id\":\"" + id + "\",\"method\":\"ping\"}");
    String answered = alive.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    require(id.equals(answered), id + " is answered with " + answered);
  }

  /// Kills so many clients, each at a random moment of its first calls.
  public void kills(int count) throws Exception {
    Path work = Files.createDirectories(directory.resolve("killed"));
    Path role =
        new RemoteAgent(sshd, directory, work)
            .role("- type: shell", "guardrails:\n  timeout_seconds: 60\n");
    Path began = work.resolve("began");
    Files.writeString(began, "");
    int reached = 0;
    for (int number = 0; number < count; number++) {
      Way way = number % 2 == 0 ? Way.LEGACY_STDIO : Way.MODERN_STDIO;
      McpClient client = new McpClient(way, environment, role.toString());
      ProcessHandle server = client.server();
      long seen = Files.size(began);
      for (int call = 0; call < 3; call++) {
        client.begin(
            """
            {"do":"begin","name":"run_shell","arguments":{"command":"sh -c 'echo %d >> began; exec sleep 4077'"}}"""
                .formatted(number));
      }
      Thread.sleep(random.nextInt(LATEST_KILL_MILLIS));
      client.client().destroyForcibly();
      server.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      require(running("sleep 4077") == 0, "a command still runs after kill " + number);
      reached += Files.size(began) > seen ? 1 : 0;
    }
    long commands = Files.readAllLines(began).size();
    requireRecorded(commands);
    System.out.printf(
        "%n%d clients killed with SIGKILL, %d of them while commands ran (%d commands): no server"
            + " and no command left, each start recorded%n",
        count, reached, commands);
  }

  private void requireRecorded(long commands) {
    Path database = Path.of(environment.get("INITRUNNER_HOME"), "audit.db");
    long starts = rows(database, "sandbox.start");
    long ends = rows(database, "sandbox.exec");
    require(starts >= commands, commands + " commands began, " + starts + " are recorded");
    require(ends == starts, starts + " starts are recorded, and " + ends + " ends");
  }

  private static long rows(Path database, String type) {
    return new AuditQuery(Optional.of(type), Optional.empty(), Optional.empty(), 1_000_000)
        .run(database).stream()
            .filter(row -> row.details().contains(" tool=shell "))
            .count();
  }

  private static long running(String line) {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.flatMap(process -> process.info().commandLine().stream())
          .filter(each -> each.endsWith(line))
          .count();
    }
  }

  private static void require(boolean fact, String fault) {
    if (!fact) {
      throw new AssertionError(fault);
    }
  }
}

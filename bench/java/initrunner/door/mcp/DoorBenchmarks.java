package initrunner.door.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import initrunner.audit.AuditStore;
import initrunner.bench.ProcessMemory;
import initrunner.role.Role;
import initrunner.role.RoleLoader;
import initrunner.runtime.RoleRuntime;
import initrunner.ssh.SshdExtension;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Measures what `./initrunner mcp` costs beside the engine under it, with a real `sshd` on
/// loopback, and prints Markdown.
public final class DoorBenchmarks {

  private static final int ROUNDS = 15;
  private static final int CALLS = 400;
  private static final int WARM_UP = 600;
  private static final int MANY = 2_000;
  private static final int AT_ONCE = 64;
  private static final int MEMORY_CALLS = 10_000;

  private final Path directory;
  private final Path role;
  private final Map<String, String> environment;

  private DoorBenchmarks(Path directory, SshdExtension sshd) throws Exception {
    this.directory = directory;
    this.environment = Map.of("INITRUNNER_HOME", directory.resolve("home").toString());
    this.role =
        Files.writeString(
            directory.resolve("role.yaml"),
            """
            name: bench
            prompt: You are a benchmark.
            tools: [shell]
            security:
              sandbox:
                backend: ssh
                ssh: {host: %s, config_file: %s}
            """
                .formatted(SshdExtension.HOST, sshd.configFile()));
  }

  public static void main(String[] none) throws Exception {
    SshdExtension sshd = new SshdExtension("MaxSessions " + AT_ONCE);
    sshd.prepareAndStart();
    try {
      DoorBenchmarks benchmarks =
          new DoorBenchmarks(Files.createTempDirectory("initrunner-bench-"), sshd);
      benchmarks.start();
      benchmarks.calls();
    } finally {
      sshd.stopAndDelete();
    }
  }

  private PipedServer server() throws Exception {
    return PipedServer.start(List.of("./initrunner", "mcp", role.toString()), environment);
  }

  private void start() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<Double> bare = new ArrayList<>();
    List<Double> first = new ArrayList<>();
    for (int round = -2; round < ROUNDS; round++) {
      long begin = System.nanoTime();
      new ProcessBuilder(java, "-version")
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
      double bareMillis = millisSince(begin);
      begin = System.nanoTime();
      PipedServer server = server();
      server.initialize();
      double firstMillis = millisSince(begin);
      end(server);
      if (round >= 0) {
        bare.add(bareMillis);
        first.add(firstMillis);
      }
    }
    System.out.printf(
        """

        ### `initrunner mcp`, from its start to the answer to `initialize` (median of %d, interleaved)

        | | ms | ÷ `java -version` |
        |---|---|---|
        | `java -version` | %.0f | 1.00 |
        | `initrunner mcp` | %.0f | %.2f |
        """,
        ROUNDS, median(bare), median(first), median(first) / median(bare));
  }

  private void calls() throws Exception {
    Role loaded = RoleLoader.load(role);
    PipedServer server = server();
    try (AuditStore audit = AuditStore.open(directory.resolve("engine.db"));
        RoleRuntime engine = RoleRuntime.open(loaded, Optional.of(audit), "bench")) {
      server.initialize();
      for (int i = 0; i < WARM_UP; i++) {
        call(engine, i);
        call(server, i);
      }
      warm(engine, server);
      many(engine, server);
      memory(server);
    }
    end(server);
  }

  private static void warm(RoleRuntime engine, PipedServer server) throws Exception {
    List<Double> own = new ArrayList<>();
    List<Double> piped = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      long begin = System.nanoTime();
      call(engine, i);
      own.add(millisSince(begin));
      Thread.sleep(5);
      begin = System.nanoTime();
      call(server, i);
      piped.add(millisSince(begin));
      Thread.sleep(5);
    }
    System.out.printf(
        """

        ### One warm `true` over ssh, with the audit log (median of %d, interleaved)

        | | ms | more than the engine's, ms |
        |---|---|---|
        | the engine's own call | %.2f | |
        | `tools/call`, measured at the pipe | %.2f | %.2f |
        """,
        CALLS, median(own), median(piped), median(piped) - median(own));
  }

  private static void many(RoleRuntime engine, PipedServer server) throws Exception {
    List<Double> own = new ArrayList<>();
    List<Double> piped = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      long begin = System.nanoTime();
      manyOf(engine);
      own.add(MANY / millisSince(begin) * 1000);
      begin = System.nanoTime();
      manyOf(server);
      piped.add(MANY / millisSince(begin) * 1000);
    }
    System.out.printf(
        """

        ### %d calls of `true`, %d at once (median of 3, interleaved)

        | | calls/s | ÷ the engine |
        |---|---|---|
        | the engine's own calls | %.0f | 1.00 |
        | `tools/call` over one connection | %.0f | %.2f |
        """,
        MANY, AT_ONCE, median(own), median(piped), median(piped) / median(own));
  }

  private static void manyOf(RoleRuntime engine) throws Exception {
    List<Future<?>> callers = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int caller = 0; caller < AT_ONCE; caller++) {
        callers.add(
            executor.submit(() -> {
              for (int i = 0; i < MANY / AT_ONCE; i++) {
                call(engine, i);
              }
            }));
      }
      for (Future<?> caller : callers) {
        caller.get();
      }
    }
  }

  private static void manyOf(PipedServer server) throws Exception {
    int sent = 0;
    for (; sent < AT_ONCE; sent++) {
      server.call("m" + sent, "true");
    }
    for (int answered = 0; answered < MANY; answered++) {
      expect(server.receive());
      if (sent < MANY) {
        server.call("m" + sent++, "true");
      }
    }
  }

  private static void memory(PipedServer server) throws Exception {
    System.out.printf("%n### Resident memory of one server%n%n| calls | MB |%n|---|---|%n");
    for (int tenth = 0; tenth <= 10; tenth++) {
      if (tenth > 0) {
        for (int i = 0; i < MEMORY_CALLS / 10; i++) {
          call(server, i);
        }
      }
      if (tenth % 2 == 0) {
        System.out.printf(
            "| %,d more | %.1f |%n",
            tenth * MEMORY_CALLS / 10,
            ProcessMemory.of(server.process().pid()).resident() / 1024.0);
      }
    }
  }

  private static void call(RoleRuntime engine, int number) {
    ToolResult result =
        engine.call(new ToolCall("" + number, "run_shell", Map.of("command", "true")));
    if (result.status() != ToolResult.Status.SUCCEEDED) {
      throw new IllegalStateException(result.text());
    }
  }

  private static void call(PipedServer server, int number) throws Exception {
    server.call("c" + number, "true");
    expect(server.receive());
  }

  private static void expect(JsonNode answer) {
    if (answer.at("/result/isError").asBoolean(true)) {
      throw new IllegalStateException(answer.toString());
    }
  }

  private static void end(PipedServer server) throws Exception {
    server.requests().close();
    server.process().waitFor();
  }

  private static double millisSince(long beginNanos) {
    return (System.nanoTime() - beginNanos) / 1e6;
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}

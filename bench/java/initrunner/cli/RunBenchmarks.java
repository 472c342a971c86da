package initrunner.cli;

import initrunner.bench.ProcessMemory;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Measures `./initrunner run` as a whole process against a model on loopback, and prints Markdown:
/// `run` (from the start to the first request), `turns` (processor time and memory of 300 turns),
/// `memory` (what an idle session and an `exec` that waits for its command hold), `output` (a tool
/// that prints 100 MB). With the start script of another checkout as `BEFORE` in the environment,
/// both are measured in turn and compared.
public final class RunBenchmarks {

  private static final int ROUNDS = 11;
  private static final int TURNS = 300;
  private static final int CALLS = 35;
  private static final int LONG_TURNS = 1_000;
  private static final int PRINTING_ROUNDS = 5;
  private static final String PRINTS_100_MB = "yes 'nineteen letters xx' | head -c 100000000";
  private static final String LONG_OUTPUT = "yes some words | head -c 5000";
  private static final Pattern COLLECTED =
      Pattern.compile("(DefNew|Tenured): (\\d+)K\\(\\d+K\\)->(\\d+)K");
  private static final long TICK_MILLIS = 10;

  private final Path directory;
  private final SshdExtension sshd;
  private long sent;
  private final List<Program> programs = new ArrayList<>();

  private RunBenchmarks(Path directory, SshdExtension sshd) {
    this.directory = directory;
    this.sshd = sshd;
    Optional.ofNullable(System.getenv("BEFORE"))
        .ifPresent(script -> programs.add(new Program("before", script)));
    programs.add(new Program("this", Path.of("initrunner").toAbsolutePath().toString()));
  }

  private record Program(String name, String script) {}

  /// A process when a request of it arrives.
  private record Sample(long wallMillis, long processorMillis, long residentKibibytes) {

    static Sample of(Process process, long begin) {
      return new Sample(
          (System.nanoTime() - begin) / 1_000_000,
          processorMillisOf(process.pid()),
          ProcessMemory.of(process.pid()).resident());
    }
  }

  public static void main(String[] parts) throws Exception {
    Path directory = Files.createTempDirectory("initrunner-bench-");
    SshdExtension sshd = new SshdExtension();
    sshd.prepareAndStart();
    try {
      RunBenchmarks benchmarks = new RunBenchmarks(directory, sshd);
      for (String part : parts) {
        switch (part) {
          case "run" -> benchmarks.firstRequest();
          case "turns" -> {
            benchmarks.turns();
            benchmarks.longConversation();
          }
          case "memory" -> {
            benchmarks.idleSession();
            benchmarks.idleCalls();
          }
          case "output" -> benchmarks.printed();
          default -> throw new IllegalArgumentException(part + ": run, turns, memory or output");
        }
      }
    } finally {
      sshd.stopAndDelete();
    }
  }

  private void firstRequest() throws Exception {
    System.out.printf(
        "%n### `run`, from its start to the first request (median of %d, interleaved)%n%n", ROUNDS);
    System.out.println("| where | which | ms | processor ms | resident MB |");
    System.out.println("|---|---|---|---|---|");
    for (String where : List.of("local", "ssh")) {
      Path role = role(where);
      Map<String, List<Sample>> samples = new LinkedHashMap<>();
      for (int round = -1; round < ROUNDS; round++) {
        for (Program program : programs) {
          Sample sample = run(program, role, "true", 0, Map.of());
          if (round >= 0) {
            samples.computeIfAbsent(program.name(), _ -> new ArrayList<>()).add(sample);
          }
        }
      }
      samples.forEach((name, all) -> row(where + " | " + name, all));
    }
  }

  private void turns() throws Exception {
    System.out.printf("%n### %d turns of `true` over ssh (median of 3, interleaved)%n%n", TURNS);
    System.out.println("| which | ms | processor ms | resident MB |");
    System.out.println("|---|---|---|---|");
    Path role = role("ssh");
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    for (int round = 0; round < 3; round++) {
      for (Program program : programs) {
        samples
            .computeIfAbsent(program.name(), _ -> new ArrayList<>())
            .add(run(program, role, "true", TURNS, Map.of()));
      }
    }
    samples.forEach(RunBenchmarks::row);
  }

  /// What is allocated is the sum of what each collection found more than the one before it left.
  private void longConversation() throws Exception {
    System.out.printf("%n### %,d turns of 5 kB on this machine%n%n", LONG_TURNS);
    System.out.println("| which | ms | processor ms | resident MB | allocated ÷ bodies |");
    System.out.println("|---|---|---|---|---|");
    Path log = directory.resolve("gc.log");
    for (Program program : programs) {
      Files.deleteIfExists(log);
      Map<String, String> logged =
          Map.of("JAVA_TOOL_OPTIONS", "-Xlog:gc*=info:file=" + log + ":none:filecount=0");
      Sample sample = run(program, role("local"), LONG_OUTPUT, LONG_TURNS, logged);
      System.out.printf(
          "| %s | %d | %d | %.0f | %.1f |%n",
          program.name(),
          sample.wallMillis(),
          sample.processorMillis(),
          sample.residentKibibytes() / 1024.0,
          (double) allocated(Files.readAllLines(log)) / sent);
    }
  }

  private static long allocated(List<String> log) {
    long bytes = 0;
    Map<String, Long> left = new HashMap<>();
    for (String line : log) {
      Matcher matcher = COLLECTED.matcher(line);
      if (matcher.find()) {
        String generation = matcher.group(1);
        bytes += (Long.parseLong(matcher.group(2)) - left.getOrDefault(generation, 0L)) * 1024;
        left.put(generation, Long.parseLong(matcher.group(3)));
      }
    }
    return bytes;
  }

  private static void row(String name, List<Sample> samples) {
    System.out.printf(
        "| %s | %d | %d | %.0f |%n",
        name,
        median(samples.stream().map(Sample::wallMillis).toList()),
        median(samples.stream().map(Sample::processorMillis).toList()),
        median(samples.stream().map(Sample::residentKibibytes).toList()) / 1024.0);
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  /// One run to its end, as it was at its last request.
  ///
  /// @param turns tool calls that the model asks for
  private Sample run(
      Program program, Path role, String command, int turns, Map<String, String> variables)
      throws Exception {
    Process[] process = new Process[1];
    Sample[] sample = new Sample[1];
    long begin = System.nanoTime();
    try (TurnServer server =
        new TurnServer(
            command,
            turns,
            number -> {
              if (number == turns + 1) {
                sample[0] = Sample.of(process[0], begin);
              }
            })) {
      ProcessBuilder builder =
          new ProcessBuilder(program.script(), "run", role.toString(), "-p", "Go on.")
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("run.log").toFile());
      environment(builder.environment(), server);
      builder.environment().putAll(variables);
      process[0] = builder.start();
      require(process[0].waitFor() == 0);
      sent = server.received();
    }
    return sample[0];
  }

  /// Of `exec`, what it takes more than for `true`; of a run, the time between its two requests.
  private void printed() throws Exception {
    System.out.printf("%n### 100 MB of a tool (median of %d, interleaved)%n%n", PRINTING_ROUNDS);
    System.out.println("| where | which | `exec`, ms | `run`, into a pipe | `run`, in a terminal |");
    System.out.println("|---|---|---|---|---|");
    for (String where : List.of("local", "ssh")) {
      Path role = role(where);
      for (Program program : programs) {
        String run = program.script() + " run " + role + " -p Go";
        List<List<Long>> all = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int round = -1; round < PRINTING_ROUNDS; round++) {
          List<Long> now =
              List.of(
                  exec(program, role, PRINTS_100_MB) - exec(program, role, "true"),
                  turnMillis("sh", "-c", run + " | cat"),
                  turnMillis("script", "-qfc", run, "/dev/null"));
          for (int i = 0; round >= 0 && i < now.size(); i++) {
            all.get(i).add(now.get(i));
          }
        }
        long exec = median(all.getFirst());
        System.out.printf("| %s | %s | %d", where, program.name(), exec);
        for (List<Long> runs : all.subList(1, 3)) {
          System.out.printf(" | %d (%.2f ×)", median(runs), (double) median(runs) / exec);
        }
        System.out.println(" |");
      }
    }
  }

  private long exec(Program program, Path role, String command) throws Exception {
    long begin = System.nanoTime();
    ProcessBuilder builder =
        new ProcessBuilder(program.script(), "exec", role.toString(), "--", "sh", "-c", command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(directory.resolve("run.log").toFile());
    require(builder.start().waitFor() == 0);
    return (System.nanoTime() - begin) / 1_000_000;
  }

  private long turnMillis(String... command) throws Exception {
    long[] requests = new long[3];
    try (TurnServer server =
        new TurnServer(PRINTS_100_MB, 1, number -> requests[number] = System.nanoTime())) {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("run.log").toFile());
      environment(builder.environment(), server);
      require(builder.start().waitFor() == 0 && requests[2] > 0);
    }
    return (requests[2] - requests[1]) / 1_000_000;
  }

  private void require(boolean succeeded) throws IOException {
    if (!succeeded) {
      throw new IllegalStateException(Files.readString(directory.resolve("run.log")));
    }
  }

  private void environment(Map<String, String> environment, TurnServer server) {
    environment.put("OPENAI_API_KEY", "sk-bench");
    environment.put("OPENAI_BASE_URL", server.baseUrl());
    environment.put("TERM", "xterm");
    environment.put("INITRUNNER_HOME", directory.resolve("home").toString());
  }

  private void idleSession() throws Exception {
    System.out.printf("%n### `run -i` over ssh that waits after one answer%n%n");
    System.out.println("| which | resident MB |");
    System.out.println("|---|---|");
    for (Program program : programs) {
      System.out.printf("| %s | %.0f |%n", program.name(), idle(program.script()) / 1024.0);
    }
  }

  /// The session has a terminal, which `script` makes.
  private long idle(String program) throws Exception {
    try (TurnServer server = new TurnServer("true", 1, _ -> {})) {
      String command = program + " run -i " + role("ssh");
      ProcessBuilder builder =
          new ProcessBuilder("script", "-qfc", command, "/dev/null")
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("session.log").toFile());
      environment(builder.environment(), server);
      Process script = builder.start();
      try (var keys = script.outputWriter()) {
        await("Ctrl-D ends");
        keys.write("Go on.\r");
        keys.flush();
        await("done");
        Thread.sleep(3_000);
        long pid =
            script
                .toHandle()
                .descendants()
                .filter(each -> each.info().command().orElse("").endsWith("java"))
                .findFirst()
                .orElseThrow()
                .pid();
        return ProcessMemory.of(pid).resident();
      } finally {
        script.destroy();
        script.waitFor(10, TimeUnit.SECONDS);
      }
    }
  }

  private void idleCalls() throws Exception {
    System.out.printf("%n### %d times `exec` over ssh that wait for their commands%n%n", CALLS);
    System.out.println("| which | resident MB | its share of what all hold, MB | in one GiB |");
    System.out.println("|---|---|---|---|");
    for (Program program : programs) {
      List<ProcessMemory> calls = idleCalls(program.script());
      double resident = calls.stream().mapToLong(ProcessMemory::resident).average().orElseThrow();
      double shared = calls.stream().mapToLong(ProcessMemory::shared).average().orElseThrow();
      System.out.printf(
          "| %s | %.1f | %.1f | %.0f |%n",
          program.name(), resident / 1024, shared / 1024, Math.floor(1024 * 1024 / shared));
    }
  }

  private List<ProcessMemory> idleCalls(String program) throws Exception {
    List<Process> calls = new ArrayList<>();
    try {
      for (int call = 0; call < CALLS; call++) {
        ProcessBuilder builder =
            new ProcessBuilder(
                    program,
                    "exec",
                    role("ssh").toString(),
                    "--",
                    "sh",
                    "-c",
                    "echo runs; exec sleep 300")
                .redirectError(directory.resolve("calls.log").toFile());
        builder.environment().put("INITRUNNER_HOME", directory.resolve("home").toString());
        Process process = builder.start();
        calls.add(process);
        if (!"runs".equals(process.inputReader().readLine())) {
          throw new IllegalStateException(Files.readString(directory.resolve("calls.log")));
        }
      }
      Thread.sleep(3_000);
      return calls.stream().map(call -> ProcessMemory.of(call.pid())).toList();
    } finally {
      calls.forEach(Process::destroy);
      for (Process call : calls) {
        call.waitFor();
      }
    }
  }

  private void await(String text) throws Exception {
    for (int tries = 0; tries < 300; tries++) {
      if (Files.readString(directory.resolve("session.log")).contains(text)) {
        return;
      }
      Thread.sleep(100);
    }
    throw new IllegalStateException(Files.readString(directory.resolve("session.log")));
  }

  private Path role(String where) throws IOException {
    String sandbox =
        where.equals("local")
            ? "{backend: none}"
            : "{backend: ssh, ssh: {host: "
                + SshdExtension.HOST
                + ", config_file: "
                + sshd.configFile()
                + "}}";
    return Files.writeString(
        directory.resolve(where + ".yaml"),
        """
        name: bench
        prompt: You are a benchmark.
        model: openai:gpt-5-mini
        tools: [shell]
        security: {sandbox: %s}
        guardrails: {max_tool_calls: 1000, max_tokens_per_run: 1000000, timeout_seconds: 3000}
        """
            .formatted(sandbox));
  }

  private static long processorMillisOf(long pid) {
    String stat = read(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_MILLIS;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

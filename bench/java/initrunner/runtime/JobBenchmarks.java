package initrunner.runtime;

import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.Sink;
import initrunner.role.RoleLoader;
import initrunner.ssh.Relay;
import initrunner.ssh.SshdExtension;
import initrunner.tool.jobs.Job;
import initrunner.tool.jobs.StoppedJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Measures what it takes to start a job and to look at it, beside a call and beside the usual way,
/// `nohup` over an `ssh` whose connection is shared; and what a call takes while jobs run. Prints
/// Markdown. The arguments are round trips in milliseconds, or `running`.
public final class JobBenchmarks {

  private static final String NOHUP = "`ssh host 'nohup true >out 2>&1 & echo $!'`";
  private static final int WARM_UP = 5;
  private static final int ROUNDS = 25;
  private static final int CALLS = 200;
  private static final int RUNNING = 100;
  private static final int STOPPERS = 4;

  private final RoleRuntime runtime;
  private final HostJobs jobs;
  private final Map<String, long[]> nanos = new LinkedHashMap<>();

  private JobBenchmarks(RoleRuntime runtime) {
    this.runtime = runtime;
    this.jobs = runtime.hostWork().jobs();
  }

  private interface Work {

    void run() throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createTempDirectory(Path.of("/tmp"), "irb-");
    SshdExtension sshd = new SshdExtension("MaxSessions 20");
    sshd.prepareAndStart();
    try {
      for (String argument : arguments) {
        if (argument.equals("running")) {
          running(sshd, directory);
        } else {
          starts(sshd, directory, Integer.parseInt(argument));
        }
      }
    } finally {
      sshd.stopAndDelete();
      Files.delete(directory.resolve("role.yaml"));
      Files.delete(directory);
    }
  }

  private static RoleRuntime runtime(Path configFile, Path directory) throws IOException {
    Path role =
        Files.writeString(
            directory.resolve("role.yaml"),
            """
            name: bench
            prompt: You are a benchmark.
            tools: [{type: jobs, max_running: 200}]
            security: {sandbox: {backend: ssh, ssh: {host: %s, config_file: %s}}}
            """
                .formatted(SshdExtension.HOST, configFile));
    return RoleRuntime.open(RoleLoader.load(role, Map.of()), Optional.empty(), "bench");
  }

  private static void starts(SshdExtension sshd, Path directory, int roundTrip) throws Exception {
    Duration oneWay = Duration.ofMillis(roundTrip).dividedBy(2);
    try (Relay relay = new Relay(sshd.port(), oneWay)) {
      Path config =
          roundTrip == 0
              ? sshd.configFile()
              : sshd.targetVia(relay.port()).configFile().orElseThrow();
      List<String> ssh =
          List.of(
              "ssh",
              "-F",
              config.toString(),
              "-o",
              "ControlMaster=auto",
              "-o",
              "ControlPersist=yes",
              "-S",
              directory.resolve("s").toString());
      try (RoleRuntime runtime = runtime(config, directory)) {
        new JobBenchmarks(runtime).starts(ssh, roundTrip);
      } finally {
        ssh(ssh, "-O", "exit", SshdExtension.HOST);
      }
    }
  }

  private static void ssh(List<String> ssh, String... more) throws Exception {
    List<String> argv = new ArrayList<>(ssh);
    argv.addAll(List.of(more));
    new ProcessBuilder(argv)
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private void starts(List<String> ssh, int roundTrip) throws Exception {
    for (int round = -WARM_UP; round < ROUNDS; round++) {
      List<String> id = new ArrayList<>();
      time("a call (`true`)", round, this::call);
      // Between calls of ours, the next channel is opened.
      time("`ssh host true`", round, () -> ssh(ssh, SshdExtension.HOST, "true"));
      time("`start_job`", round, () -> id.add(start("true").id()));
      time(NOHUP, round, () -> ssh(ssh, SshdExtension.HOST, "nohup true >out 2>&1 & echo $!"));
      time(
          "`job_output`",
          round,
          () ->
              jobs.output(
                  id.getFirst(), Optional.of(0L), 1000, Duration.ZERO, Sink.DISCARD));
      jobs.clean(Optional.of(Duration.ZERO), List.of());
      ssh(ssh, SshdExtension.HOST, "true");
    }
    System.out.printf(
        "%n### Round trip %d ms (%d each, interleaved)%n%n", roundTrip, ROUNDS);
    System.out.println("| | median ms | more than a call, ms | ÷ `nohup` over a shared `ssh` |");
    System.out.println("|---|---|---|---|");
    double call = median("a call (`true`)");
    double peer = median(NOHUP);
    nanos
        .keySet()
        .forEach(
            name ->
                System.out.printf(
                    "| %s | %.1f | %.1f | %.2f |%n",
                    name, median(name), median(name) - call, median(name) / peer));
  }

  private static void running(SshdExtension sshd, Path directory) throws Exception {
    try (RoleRuntime runtime = runtime(sshd.configFile(), directory)) {
      new JobBenchmarks(runtime).running();
    }
  }

  private void running() throws Exception {
    calls("none");
    List<Callable<StoppedJob>> stops = new ArrayList<>();
    for (int number = 0; number < RUNNING; number++) {
      String id = start("sleep 100000").id();
      stops.add(() -> jobs.stop(id));
    }
    calls(RUNNING + " that run");
    try (ExecutorService stoppers = Executors.newFixedThreadPool(STOPPERS)) {
      for (Future<StoppedJob> stopped : stoppers.invokeAll(stops)) {
        stopped.get();
      }
    }
    jobs.clean(Optional.of(Duration.ZERO), List.of());
    calls("none again");
    System.out.printf(
        "%n| jobs | a call (`true`), median of %d, ms | the fastest tenth, ms |%n|---|---|---|%n",
        CALLS);
    nanos
        .keySet()
        .forEach(
            name ->
                System.out.printf(
                    "| %s | %.2f | %.2f |%n", name, median(name), quantile(name, 10)));
  }

  private void calls(String name) throws Exception {
    nanos.put(name, new long[CALLS]);
    for (int number = -WARM_UP; number < CALLS; number++) {
      time(name, number, this::call);
    }
  }

  private void call() {
    runtime.exec(Command.of("true"), Limits.unbounded(), Sink.DISCARD);
  }

  private Job start(String command) {
    return jobs.start(Command.of("sh", "-c", "exec " + command), "bench", command);
  }

  private void time(String name, int round, Work work) throws Exception {
    long begin = System.nanoTime();
    work.run();
    long took = System.nanoTime() - begin;
    if (round >= 0) {
      nanos.computeIfAbsent(name, _ -> new long[ROUNDS])[round] = took;
    }
  }

  private double median(String name) {
    return quantile(name, 2);
  }

  /// Milliseconds that one of so many takes less than.
  private double quantile(String name, int parts) {
    long[] sorted = nanos.getOrDefault(name, new long[1]).clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / parts] / 1e6;
  }
}

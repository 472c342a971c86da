package initrunner.runtime;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.role.RoleLoader;
import initrunner.ssh.SshdExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Measures what each way of starting a command adds to it, on this machine and over ssh, all in one
/// run with the calls interleaved, and prints Markdown. Docker is measured where `DOCKER_HOST` and
/// `BENCH_IMAGE` name an engine and an image with `true` in it, Slurm where `SLURM_CONF` is set.
public final class LauncherBenchmarks {

  private static final int WARM_UP = 5;
  private static final int ROUNDS = 60;

  private LauncherBenchmarks() {}

  public static void main(String[] args) throws Exception {
    SshdExtension sshd =
        new SshdExtension()
            .withEnvironment(
                "DOCKER_HOST=" + System.getenv().getOrDefault("DOCKER_HOST", "unset"),
                "SLURM_CONF=" + System.getenv().getOrDefault("SLURM_CONF", "unset"));
    sshd.prepareAndStart();
    Path directory = Files.createTempDirectory("initrunner-bench-");
    Map<String, Sandbox> sandboxes = new LinkedHashMap<>();
    try {
      open(sandboxes, directory, sshd);
      print(measure(sandboxes));
    } finally {
      sandboxes.values().forEach(Sandbox::close);
      sshd.stopAndDelete();
    }
    System.exit(0);
  }

  private static void open(Map<String, Sandbox> sandboxes, Path directory, SshdExtension sshd)
      throws Exception {
    List<String> launchers = new ArrayList<>(List.of("none", "bwrap"));
    String image = System.getenv("BENCH_IMAGE");
    if (System.getenv("DOCKER_HOST") != null && image != null) {
      launchers.add("docker");
    }
    for (String launcher : launchers) {
      add(sandboxes, "local, " + launcher, directory, "backend: " + launcher, image);
    }
    if (System.getenv("SLURM_CONF") != null) {
      launchers.add("slurm");
    }
    for (String launcher : launchers) {
      String block =
          "ssh: {host: %s, config_file: %s, launcher: %s}"
              .formatted(SshdExtension.HOST, sshd.configFile(), launcher);
      add(sandboxes, "ssh, " + launcher, directory, "backend: ssh\n      " + block, image);
    }
  }

  private static void add(
      Map<String, Sandbox> sandboxes, String name, Path directory, String lines, String image)
      throws Exception {
    String role =
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata:
          name: bench
        spec:
          role: You are a benchmark.
          security:
            sandbox:
              %s
              docker: {image: "%s"}
        """
            .formatted(lines, image == null ? "none" : image);
    Path file = Files.writeString(directory.resolve("role.yaml"), role);
    Sandbox sandbox = Sandbox.of(RoleLoader.load(file), System.getenv());
    sandbox.open();
    sandboxes.put(name, sandbox);
  }

  private static Map<String, long[]> measure(Map<String, Sandbox> sandboxes) {
    Map<String, long[]> nanos = new LinkedHashMap<>();
    int call = 1;
    for (int round = -WARM_UP; round < ROUNDS; round++) {
      for (Map.Entry<String, Sandbox> each : sandboxes.entrySet()) {
        String callId = Integer.toHexString(0x1000000 + call++);
        long begin = System.nanoTime();
        each.getValue()
            .run(Command.of("true"), callId, Limits.unbounded(), new Captured(100));
        long took = System.nanoTime() - begin;
        if (round >= 0) {
          nanos.computeIfAbsent(each.getKey(), _ -> new long[ROUNDS])[round] = took;
        }
      }
    }
    return nanos;
  }

  private static void print(Map<String, long[]> nanos) {
    System.out.printf("%n### `true`, however it is started (%d calls each, interleaved)%n%n", ROUNDS);
    System.out.println("| where, how | median ms | p99 ms | more than as it is, ms |");
    System.out.println("|---|---|---|---|");
    nanos.forEach((name, times) -> {
      long[] sorted = times.clone();
      Arrays.sort(sorted);
      long[] plain = plain(nanos, name).clone();
      Arrays.sort(plain);
      System.out.printf(
          "| %s | %.1f | %.1f | %.1f |%n",
          name,
          sorted[ROUNDS / 2] / 1e6,
          sorted[ROUNDS - 1] / 1e6,
          (sorted[ROUNDS / 2] - plain[ROUNDS / 2]) / 1e6);
    });
  }

  private static long[] plain(Map<String, long[]> nanos, String name) {
    String plain = name.substring(0, name.indexOf(',')) + ", none";
    return nanos.entrySet().stream()
        .filter(each -> each.getKey().equals(plain))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow();
  }
}

package initrunner.runtime;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.transport.LocalTransport;
import initrunner.launch.DockerExtension;
import initrunner.launch.ResourceLimits;
import initrunner.launch.SlurmExtension;
import initrunner.launch.slurm.SlurmLauncher;
import initrunner.launch.slurm.SlurmRequest;
import initrunner.role.RoleLoader;
import initrunner.runtime.confine.SandboxHost;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Measures what each way of starting a command adds to it, on this machine and over ssh, all in
/// one run with the calls interleaved, and prints Markdown. It starts an engine and a cluster of
/// its own, and ends them; where they are not installed, the rows say so.
public final class LauncherBenchmarks {

  private static final int WARM_UP = 5;
  private static final int ROUNDS = 60;

  private final Path directory;
  private final SshdExtension sshd;
  private final DockerExtension docker;
  private final SlurmExtension slurm;
  private final Map<String, Sandbox> sandboxes = new LinkedHashMap<>();
  private final List<String> missing = new ArrayList<>();

  private LauncherBenchmarks(Path directory, DockerExtension docker, SlurmExtension slurm) {
    this.directory = directory;
    this.docker = docker;
    this.slurm = slurm;
    this.sshd = new SshdExtension();
  }

  public static void main(String[] args) throws Exception {
    boolean hasDocker = isInstalled("dockerd") && isInstalled("busybox");
    boolean hasSlurm = isInstalled("slurmctld") && isInstalled("munged");
    DockerExtension docker = new DockerExtension();
    SlurmExtension slurm = new SlurmExtension(SlurmExtension.Limits.HELD);
    LauncherBenchmarks benchmarks =
        new LauncherBenchmarks(Files.createTempDirectory("initrunner-bench-"), docker, slurm);
    try {
      if (hasDocker) {
        docker.start();
      }
      if (hasSlurm) {
        slurm.start();
      }
      benchmarks.run(hasDocker, hasSlurm);
    } finally {
      if (hasDocker) {
        docker.stop();
      }
      if (hasSlurm) {
        slurm.stop();
      }
      benchmarks.delete();
    }
    System.exit(0);
  }

  private void delete() throws IOException {
    try (Stream<Path> made = Files.walk(directory)) {
      for (Path each : made.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  private static boolean isInstalled(String program) {
    return Stream.of((System.getenv("PATH") + ":/usr/sbin:/sbin").split(":", -1))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  private void run(boolean hasDocker, boolean hasSlurm) throws Exception {
    Map<String, String> environment = new HashMap<>(System.getenv());
    if (hasDocker) {
      environment.put("DOCKER_HOST", docker.host());
    }
    if (hasSlurm) {
      environment.putAll(slurm.environment());
    }
    sshd.withEnvironment(
        environment.entrySet().stream()
            .filter(each -> Set.of("DOCKER_HOST", "SLURM_CONF").contains(each.getKey()))
            .map(each -> each.getKey() + "=" + each.getValue())
            .toArray(String[]::new));
    sshd.prepareAndStart();
    try {
      for (String place : List.of("local", "ssh")) {
        for (String launcher : List.of("none", "bwrap", "docker", "slurm")) {
          boolean isThere =
              switch (launcher) {
                case "docker" -> hasDocker;
                case "slurm" -> hasSlurm;
                default -> isInstalled(launcher) || launcher.equals("none");
              };
          String name = place + ", " + launcher;
          if (isThere) {
            Sandbox sandbox = sandbox(place, launcher, environment);
            sandboxes.put(name, sandbox);
            sandbox.open();
          } else {
            missing.add(name);
          }
        }
      }
      print(measure(sandboxes));
      missing.forEach(name -> System.out.printf("| %s | not installed here | | |%n", name));
    } finally {
      sandboxes.values().forEach(Sandbox::close);
      sshd.stopAndDelete();
    }
  }

  private Sandbox sandbox(String place, String launcher, Map<String, String> environment)
      throws Exception {
    if (place.equals("ssh")) {
      String block =
          "backend: ssh\n      ssh: {host: %s, config_file: %s, remote_cwd: ~/work, launcher: %s}"
              .formatted(SshdExtension.HOST, sshd.configFile(), launcher);
      Files.createDirectories(sshd.home().resolve("work"));
      return ofRole(block, environment);
    }
    if (launcher.equals("slurm")) {
      SlurmRequest request =
          SlurmRequest.of(
              new ResourceLimits(256L << 20, 1.0, 256, ResourceLimits.Policy.IF_POSSIBLE));
      return new Sandbox(
          new SandboxHost("slurm", Optional.empty(), Optional.of(directory.toString())),
          new LocalTransport(environment),
          probe -> SlurmLauncher.prepare(request, probe),
          Variables.DEFAULT);
    }
    return ofRole("backend: " + launcher, environment);
  }

  private Sandbox ofRole(String lines, Map<String, String> environment) throws Exception {
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
            .formatted(lines, DockerExtension.IMAGE);
    Path file = Files.writeString(directory.resolve("role.yaml"), role);
    return Sandbox.of(RoleLoader.load(file), environment);
  }

  private static Map<String, long[]> measure(Map<String, Sandbox> sandboxes) {
    Map<String, long[]> nanos = new LinkedHashMap<>();
    int call = 1;
    for (int round = -WARM_UP; round < ROUNDS; round++) {
      for (Map.Entry<String, Sandbox> each : sandboxes.entrySet()) {
        String callId = Integer.toHexString(0x1000000 + call++);
        long begin = System.nanoTime();
        each.getValue().run(Command.of("true"), callId, Limits.unbounded(), new Captured(100));
        long took = System.nanoTime() - begin;
        if (round >= 0) {
          nanos.computeIfAbsent(each.getKey(), _ -> new long[ROUNDS])[round] = took;
        }
      }
    }
    return nanos;
  }

  private static void print(Map<String, long[]> nanos) {
    System.out.printf(
        "%n### `true`, however it is started (%d calls each, interleaved)%n%n", ROUNDS);
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

package initrunner.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import initrunner.audit.AuditQuery;
import initrunner.launch.DockerExtension;
import initrunner.launch.SlurmExtension;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Jobs that write a megabyte each second, one under each launcher that this machine has. Meanwhile
/// their followers are killed, the connections are cut on either side, and sshd is started anew.
/// Fails unless each byte came to the followers, to a new process from the beginning and to one
/// from the middle as the host has it, with the exit status, and each start and end is recorded once.
final class JobSoak {

  private static final int FEWEST_SECONDS_BETWEEN = 5;
  private static final int DISTURBANCES = 12;
  private static final int MILLIS_WITHOUT_SERVER = 1500;

  private final Path directory;
  private final Path home;
  private final Map<String, String> environment;
  private final SshdExtension sshd;
  private final Map<String, Started> jobs = new LinkedHashMap<>();

  private record Started(String id, Path role, JobFollower follower, Thread thread) {}

  private JobSoak(Path directory, SshdExtension sshd) {
    this.directory = directory;
    this.sshd = sshd;
    this.home = directory.resolve("jobs-home");
    this.environment = Map.of("INITRUNNER_HOME", home.toString());
  }

  static void run(Path directory, int seconds) throws Exception {
    Optional<DockerExtension> docker =
        isInstalled("dockerd") && isInstalled("busybox")
            ? Optional.of(new DockerExtension())
            : Optional.empty();
    Optional<SlurmExtension> slurm =
        isInstalled("slurmctld") && isInstalled("munged")
            ? Optional.of(new SlurmExtension(SlurmExtension.Limits.HELD))
            : Optional.empty();
    List<String> variables = new ArrayList<>();
    List<String> launchers = new ArrayList<>(List.of("none"));
    if (isInstalled("bwrap")) {
      launchers.add("bwrap");
    }
    if (docker.isPresent()) {
      docker.get().start();
      launchers.add("docker");
      variables.add("DOCKER_HOST=" + docker.get().host());
    }
    if (slurm.isPresent()) {
      slurm.get().start();
      launchers.add("slurm");
      slurm.get().environment().forEach((name, value) -> variables.add(name + "=" + value));
    }
    SshdExtension sshd =
        new SshdExtension("MaxSessions 20").withEnvironment(variables.toArray(String[]::new));
    sshd.prepareAndStart();
    try {
      new JobSoak(directory, sshd).run(launchers, seconds);
    } finally {
      sshd.stopAndDelete();
      if (docker.isPresent()) {
        docker.get().stop();
      }
      if (slurm.isPresent()) {
        slurm.get().stop();
      }
    }
  }

  private static boolean isInstalled(String program) {
    return Stream.of((System.getenv("PATH") + ":/usr/sbin:/sbin").split(":", -1))
        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
  }

  private void run(List<String> launchers, int seconds) throws Exception {
    Files.createDirectories(sshd.home().resolve("work"));
    for (String launcher : launchers) {
      start(launcher, seconds);
    }
    int between = Math.max(FEWEST_SECONDS_BETWEEN, seconds / DISTURBANCES);
    int disturbances = 0;
    while (jobs.values().stream().anyMatch(job -> job.thread().isAlive())) {
      Thread.sleep(between * 1000L);
      disturb(disturbances++);
    }
    for (Map.Entry<String, Started> job : jobs.entrySet()) {
      requireWhole(job.getKey(), job.getValue(), (long) seconds * JobText.BYTES_PER_SECOND);
    }
    System.out.printf(
        "%nJobs of %d s under %s, %d times disturbed: each byte, status and row is there%n",
        seconds, String.join(", ", launchers), disturbances);
  }

  private void start(String launcher, int seconds) throws Exception {
    Path role =
        Files.writeString(
            directory.resolve(launcher + ".yaml"),
            """
            name: soak-%s
            prompt: You are a soak test.
            tools: [{type: jobs, max_bytes: 2000000000}]
            security:
              sandbox:
                backend: ssh
                ssh: {host: %s, config_file: %s, remote_cwd: ~/work, launcher: %s}
                docker: {image: "%s"}
            """
                .formatted(
                    launcher,
                    SshdExtension.HOST,
                    sshd.configFile(),
                    launcher,
                    DockerExtension.IMAGE));
    String id =
        said(
            0,
            JobFollower.start(
                environment,
                "jobs",
                "start",
                role.toString(),
                "--",
                "sh",
                "-c",
                JobText.script(seconds)));
    JobFollower follower = new JobFollower(environment, role, id);
    jobs.put(launcher, new Started(id, role, follower, Thread.ofVirtual().start(follower)));
  }

  private static String said(int status, Process process) throws Exception {
    String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    require(process.waitFor() == status, "it ended with " + process.exitValue() + ": " + said);
    return said;
  }

  private void disturb(int number) throws Exception {
    switch (number % 4) {
      case 0 -> jobs.values().forEach(job -> job.follower().kill());
      case 1 -> end(sshd.sessions());
      case 2 -> end(sshd.clients());
      default -> {
        sshd.stop();
        Thread.sleep(MILLIS_WITHOUT_SERVER);
        sshd.start();
      }
    }
  }

  private static void end(List<Long> pids) {
    pids.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
  }

  private void requireWhole(String launcher, Started job, long bytes) throws Exception {
    job.follower().requireAll(bytes);
    Path files = sshd.home().resolve(".cache/initrunner/jobs").resolve(job.id());
    try (InputStream kept = kept(files)) {
      require(JobText.compare(kept, 0) == bytes, launcher + ": the host has not each byte");
    }
    for (long from : List.of(0L, bytes / 2 + 1)) {
      Process reader =
          JobFollower.start(
              environment,
              "jobs",
              "output",
              job.role().toString(),
              job.id(),
              "--from",
              Long.toString(from));
      try (InputStream output = reader.getInputStream()) {
        require(
            JobText.compare(output, from) == bytes, launcher + ": bytes are missing from " + from);
      }
      require(reader.waitFor() == 0, launcher + ": a reader fails");
    }
    String role = job.role().toString();
    said(JobText.STATUS, JobFollower.start(environment, "jobs", "wait", role, job.id()));
    requireRecorded(launcher, job);
    System.out.printf(
        "%n%s: %,d bytes came to %d followers, and from 0 and the middle%n",
        launcher, bytes, job.follower().processes());
  }

  private static InputStream kept(Path files) throws IOException {
    try (Stream<Path> all = Files.list(files)) {
      List<InputStream> parts = new ArrayList<>();
      for (Path part :
          all.filter(file -> file.getFileName().toString().startsWith("out.")).sorted().toList()) {
        parts.add(Files.newInputStream(part));
      }
      return new SequenceInputStream(Collections.enumeration(parts));
    }
  }

  private void requireRecorded(String launcher, Started job) throws Exception {
    List<String> rows = rows(launcher, "sandbox.job", "job=" + job.id());
    require(
        rows.size() == 2
            && rows.stream().filter(row -> row.contains(" ended=started")).count() == 1
            && rows.stream().filter(row -> row.contains(" ended=exited rc=7")).count() == 1,
        launcher + ": the record says " + rows);
    int looks = rows(launcher, "sandbox.start", "").size();
    int ends = rows(launcher, "sandbox.exec", "").size();
    JobFollower follower = job.follower();
    require(
        looks >= follower.processes() && looks - ends <= follower.kills(),
        launcher + ": " + looks + " questions are recorded, and " + ends + " ends");
    said(0, JobFollower.start(environment, "audit", "verify"));
  }

  private List<String> rows(String launcher, String type, String part) {
    return new AuditQuery(
            Optional.of(type), Optional.of("soak-" + launcher), Optional.empty(), 1_000_000)
        .run(home.resolve("audit.db")).stream()
            .map(row -> row.details() + " ")
            .filter(row -> row.contains(part))
            .toList();
  }

  private static void require(boolean fact, String fault) {
    if (!fact) {
      throw new AssertionError(fault);
    }
  }
}

package initrunner.soak;

import initrunner.exec.Command;
import initrunner.exec.Stop;
import initrunner.role.RoleLoader;
import initrunner.runtime.HostJobs;
import initrunner.runtime.RoleRuntime;
import initrunner.ssh.SshdExtension;
import initrunner.tool.jobs.Job;
import initrunner.tool.jobs.JobScripts.Until;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Many jobs that run at once: they are started, listed, awaited, stopped and removed. Fails if
/// this process or the server's side of its connection holds more while they run than before, or
/// one of them is not proven to be gone.
final class ManyJobs {

  private static final int STOPPERS = 4;
  private static final int WARM_UP = 20;

  private ManyJobs() {}

  /// @param home the directory of the audit log that is measured with the rest
  /// @return whether nothing has grown
  static boolean run(SshdExtension sshd, Path directory, Path home, int count) throws Exception {
    Path role =
        Files.writeString(
            directory.resolve("many.yaml"),
            """
            name: many
            prompt: You are a soak test.
            tools: [{type: jobs, max_running: %d}]
            security: {sandbox: {backend: ssh, ssh: {host: %s, config_file: %s}}}
            """
                .formatted(count, SshdExtension.HOST, sshd.configFile()));
    try (RoleRuntime runtime =
        RoleRuntime.open(RoleLoader.load(role, Map.of()), Optional.empty(), "many")) {
      HostJobs jobs = runtime.hostWork().jobs();
      // What a first job makes is kept for good.
      for (int number = 0; number < WARM_UP; number++) {
        jobs.stop(start(jobs));
      }
      jobs.clean(Optional.of(Duration.ZERO), List.of());
      Held before = Held.settled(sshd, home, Optional.empty());
      List<String> ids = new ArrayList<>();
      for (int number = 0; number < count; number++) {
        ids.add(start(jobs));
      }
      Held after = Held.settled(sshd, home, Optional.of(before));
      System.out.printf("%n### %d running jobs%n%n%s", count, after.beside(before));
      requireAll(count, jobs.list().stream().filter(Job::mayRun).count(), "listed");
      requireAll(
          count,
          jobs.await(ids, Until.ANY, Duration.ZERO).stream().filter(Job::mayRun).count(),
          "awaited");
      stop(jobs, ids);
      requireAll(
          count,
          jobs.await(ids, Until.ALL, Duration.ZERO).stream()
              .filter(job -> job.end().filter("stopped"::equals).isPresent())
              .count(),
          "stopped");
      requireAll(count, jobs.clean(Optional.of(Duration.ZERO), List.of()).size(), "removed");
      requireAll(0, jobs.list().size(), "left");
      return after.isFlat(before);
    }
  }

  private static String start(HostJobs jobs) {
    return jobs.start(Command.of("sleep", "100000"), "many", "sleep").id();
  }

  private static void stop(HostJobs jobs, List<String> ids) throws Exception {
    List<Future<Stop>> stopped = new ArrayList<>();
    try (ExecutorService stoppers = Executors.newFixedThreadPool(STOPPERS)) {
      for (String id : ids) {
        stopped.add(stoppers.submit(() -> jobs.stop(id).stop()));
      }
      for (Future<Stop> each : stopped) {
        requireAll(1, each.get() == Stop.STOPPED ? 1 : 0, "stopped");
      }
    }
  }

  private static void requireAll(long expected, long found, String what) {
    if (found != expected) {
      throw new AssertionError(found + " jobs are " + what + " in place of " + expected);
    }
  }
}

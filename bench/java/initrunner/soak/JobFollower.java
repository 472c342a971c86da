package initrunner.soak;

import initrunner.exec.ChildJvm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Follows one job to its end with `jobs output -f`, in a process that is killed now and then: the
/// next one goes on with the byte behind the last that came. Compares each byte. Safe for two
/// threads: the one that runs it, and the one that kills.
final class JobFollower implements Runnable {

  private final Map<String, String> environment;
  private final Path role;
  private final String id;
  private volatile Optional<Process> process = Optional.empty();
  private volatile int kills;
  private int processes;
  private long at;
  private Optional<Throwable> fault = Optional.empty();

  JobFollower(Map<String, String> environment, Path role, String id) {
    this.environment = environment;
    this.role = role;
    this.id = id;
  }

  /// A process of `initrunner`.
  static Process start(Map<String, String> environment, String... words) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(ChildJvm.initrunner(List.of(), words))
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    return builder.start();
  }

  /// Blocks until the job has ended.
  @Override
  public void run() {
    try {
      while (status() != JobText.STATUS) {
        Soak.pause();
      }
    } catch (IOException | InterruptedException | AssertionError e) {
      fault = Optional.of(e);
    }
  }

  private int status() throws IOException, InterruptedException {
    processes++;
    Process follower =
        start(
            environment,
            "jobs",
            "output",
            role.toString(),
            id,
            "-f",
            "--from",
            Long.toString(at));
    process = Optional.of(follower);
    try (InputStream output = follower.getInputStream()) {
      at = JobText.compare(output, at);
    }
    return follower.waitFor();
  }

  /// Kills the process of the moment, as `kill -9` does.
  void kill() {
    kills++;
    // Process.destroyForcibly would close what it has said by then.
    process.ifPresent(each -> each.toHandle().destroyForcibly());
  }

  int kills() {
    return kills;
  }

  /// How many processes it took, once it has run.
  int processes() {
    return processes;
  }

  /// Requires that all came, once it has run.
  void requireAll(long bytes) {
    fault.ifPresent(e -> {
      throw new AssertionError("the follower of " + id, e);
    });
    if (at != bytes) {
      throw new AssertionError(at + " bytes of " + bytes + " came");
    }
  }
}

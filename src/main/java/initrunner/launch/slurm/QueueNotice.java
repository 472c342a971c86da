package initrunner.launch.slurm;

import java.util.Optional;
import java.util.regex.Pattern;

/// What `srun` says about its job while it waits in the cluster's queue, as a line of the error
/// output. A command can print the same, so this only tells a person what to wait for.
public enum QueueNotice {
  /// The job waits for resources.
  QUEUED("srun: job \\d+ queued and waiting for resources"),
  /// The wait is over.
  ALLOCATED("srun: job \\d+ has been allocated resources");

  private final Pattern line;

  QueueNotice(String line) {
    this.line = Pattern.compile(line);
  }

  /// The notice in a line; empty for another line.
  public static Optional<QueueNotice> of(String line) {
    for (QueueNotice notice : values()) {
      if (notice.line.matcher(line.strip()).matches()) {
        return Optional.of(notice);
      }
    }
    return Optional.empty();
  }
}

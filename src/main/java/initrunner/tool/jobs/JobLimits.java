package initrunner.tool.jobs;

import java.time.Duration;
import java.util.Optional;

/// What jobs of one role may use. Immutable.
///
/// @param maxRunning how many jobs of the account run there at once
/// @param maxTime how long one runs; empty for no limit
/// @param maxBytes of a job's output that the host keeps: of more, the middle goes
/// @param kept how long the files of one that has ended stay
public record JobLimits(int maxRunning, Optional<Duration> maxTime, long maxBytes, Duration kept) {

  private static final long FILE_BYTES = 1 << 20;

  /// How many of the first files of output stay; none is larger than 1 MiB.
  long firstFiles() {
    return Math.max(1, maxBytes / FILE_BYTES / 4);
  }

  /// How many of the last files stay.
  long lastFiles() {
    return Math.max(2, maxBytes / FILE_BYTES - firstFiles());
  }
}

package initrunner.launch;

import java.util.Optional;

/// How much a contained command may use.
///
/// @param memoryBytes of all its processes together
/// @param cpus processors, such as 0.5 or 2.0
/// @param processes processes and threads at once
/// @param fileBytes of each file that it writes, rounded down to kibibytes; empty for no limit
/// @param policy what happens if one of these cannot be enforced
public record ResourceLimits(
    long memoryBytes, double cpus, int processes, Optional<Long> fileBytes, Policy policy) {

  /// What happens if a limit cannot be enforced.
  public enum Policy {
    /// Nothing is run.
    ENFORCE,
    /// The limits of each process apply instead, with one warning.
    BEST_EFFORT,
    /// The limit is dropped with one warning, because the role names none. A limit of files is
    /// always one that the role names: if it cannot be enforced, nothing is run.
    IF_POSSIBLE
  }

  /// Enough for an ordinary build, and too few for a fork bomb.
  public static final int DEFAULT_PROCESSES = 256;

  private static final long KIBIBYTE = 1024;

  /// Limits without one of files.
  public ResourceLimits(long memoryBytes, double cpus, int processes, Policy policy) {
    this(memoryBytes, cpus, processes, Optional.empty(), policy);
  }

  /// The limit of files, in a unit that every `ulimit` can express.
  public Optional<Long> fileKibibytes() {
    return fileBytes.map(bytes -> Math.max(1, bytes / KIBIBYTE));
  }

  public ResourceLimits with(Policy other) {
    return new ResourceLimits(memoryBytes, cpus, processes, fileBytes, other);
  }

  public ResourceLimits withoutFileLimit() {
    return new ResourceLimits(memoryBytes, cpus, processes, policy);
  }
}

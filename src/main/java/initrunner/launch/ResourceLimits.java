package initrunner.launch;

import java.util.Optional;

/// How much a contained command may use.
///
/// @param memoryBytes of all its processes together
/// @param cpus processors, as 0.5 or 2.0
/// @param processes how many processes and threads it may have at once
/// @param fileBytes of each file that it writes, rounded down to kibibytes; empty for no limit
/// @param policy what happens where one of these cannot be enforced
public record ResourceLimits(
    long memoryBytes, double cpus, int processes, Optional<Long> fileBytes, Policy policy) {

  /// What happens where a limit cannot be enforced.
  public enum Policy {
    /// Nothing is run.
    ENFORCE,
    /// Each process is held to what a process can be held to, with one warning.
    BEST_EFFORT,
    /// It is let go, with one warning: nobody asked for it. A limit of files is never there
    /// unasked, and nothing is run that it does not hold.
    IF_POSSIBLE
  }

  /// As many processes as an ordinary build has, and a fork bomb has not.
  public static final int DEFAULT_PROCESSES = 256;

  private static final long KIBIBYTE = 1024;

  /// Limits with none of files.
  public ResourceLimits(long memoryBytes, double cpus, int processes, Policy policy) {
    this(memoryBytes, cpus, processes, Optional.empty(), policy);
  }

  /// The limit of files in the unit that every `ulimit` can express.
  public Optional<Long> fileKibibytes() {
    return fileBytes.map(bytes -> Math.max(1, bytes / KIBIBYTE));
  }

  /// The same with another word on what cannot be enforced.
  public ResourceLimits with(Policy other) {
    return new ResourceLimits(memoryBytes, cpus, processes, fileBytes, other);
  }

  /// The same with files of any size.
  public ResourceLimits withoutFileLimit() {
    return new ResourceLimits(memoryBytes, cpus, processes, policy);
  }
}

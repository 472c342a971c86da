package initrunner.launch;

/// How much a contained command may use.
///
/// @param memoryBytes of all its processes together
/// @param cpus processors, as 0.5 or 2.0
/// @param processes how many processes and threads it may have at once
/// @param policy what happens where one of these cannot be enforced
public record ResourceLimits(long memoryBytes, double cpus, int processes, Policy policy) {

  /// What happens where a limit cannot be enforced.
  public enum Policy {
    /// Nothing is run.
    ENFORCE,
    /// Each process is held to what a process can be held to, with one warning.
    BEST_EFFORT,
    /// It is let go, with one warning: nobody asked for it.
    IF_POSSIBLE
  }

  /// As many processes as an ordinary build has, and a fork bomb has not.
  public static final int DEFAULT_PROCESSES = 256;
}

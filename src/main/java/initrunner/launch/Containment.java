package initrunner.launch;

import java.util.List;

/// What a contained command sees of its place and how much of it it may use. Immutable.
///
/// @param mounts one below another lies over that, and a later one over an earlier one at the same
///   place
public record Containment(NetworkAccess network, List<Mount> mounts, ResourceLimits limits) {

  public Containment {
    mounts = List.copyOf(mounts);
  }

  /// The same with other mounts.
  Containment withMounts(List<Mount> others) {
    return new Containment(network, others, limits);
  }
}

package initrunner.launch;

import java.util.List;

/// What a contained command sees of its place and how much of it it may use. Immutable.
///
/// @param mounts in this order, a later one over an earlier one
public record Containment(NetworkAccess network, List<Mount> mounts, ResourceLimits limits) {

  public Containment {
    mounts = List.copyOf(mounts);
  }

  /// The same with other mounts.
  Containment withMounts(List<Mount> others) {
    return new Containment(network, others, limits);
  }
}

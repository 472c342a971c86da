package initrunner.launch;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a contained command sees of its place and how much of it it may use. Immutable.
///
/// @param mounts one below another lies over that, and a later one over an earlier one at the same
///   place
/// @param variables what a command finds in its environment, and what starts it does not
public record Containment(
    NetworkAccess network,
    List<Mount> mounts,
    ResourceLimits limits,
    Map<String, String> variables) {

  public Containment {
    mounts = List.copyOf(mounts);
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
  }

  /// One whose commands find what starts them does.
  public Containment(NetworkAccess network, List<Mount> mounts, ResourceLimits limits) {
    this(network, mounts, limits, Map.of());
  }

  /// The same with other mounts.
  public Containment withMounts(List<Mount> others) {
    return new Containment(network, others, limits, variables);
  }

  /// The same with other limits.
  public Containment withLimits(ResourceLimits others) {
    return new Containment(network, mounts, others, variables);
  }
}

package initrunner.launch;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a contained command sees of its host, and how much of it the command may use. Immutable.
///
/// @param mounts a mount covers what another one has at its target; of two with the same target the
///   later one counts
/// @param variables of the command's environment alone: the program that starts it does not get
///   them
/// @param covers what lies over files and directories of the mounts
public record Containment(
    NetworkAccess network,
    List<Mount> mounts,
    ResourceLimits limits,
    Map<String, String> variables,
    List<Cover> covers) {

  public Containment {
    mounts = List.copyOf(mounts);
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    covers = List.copyOf(covers);
  }

  public Containment(NetworkAccess network, List<Mount> mounts, ResourceLimits limits) {
    this(network, mounts, limits, Map.of(), List.of());
  }

  public Containment withMounts(List<Mount> others) {
    return new Containment(network, others, limits, variables, covers);
  }

  public Containment withLimits(ResourceLimits others) {
    return new Containment(network, mounts, others, variables, covers);
  }

  public Containment withCovers(List<Cover> others) {
    return new Containment(network, mounts, limits, variables, others);
  }
}

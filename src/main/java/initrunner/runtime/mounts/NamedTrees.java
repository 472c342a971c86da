package initrunner.runtime.mounts;

import initrunner.runtime.confine.SandboxHost;
import initrunner.transfer.Exchange.Trees;
import java.util.Optional;

/// Names trees of a host. Stateless.
public final class NamedTrees {

  private NamedTrees() {}

  /// The same trees, with the host's as it is named from the login directory: one tree has one name
  /// and one state, and need not exist yet.
  public static Trees of(SandboxHost place, Trees trees) {
    String there = place.directoryOf(Optional.of(trees.there())).orElseThrow().replace("/./", "/");
    String plain = there.replaceFirst("(?<=.)(/\\.?)+$", "");
    return new Trees(trees.here(), plain, trees.selection());
  }
}

package initrunner.role;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/// A mapping with keys of the user's own.
///
/// @param keys what a key must be
record MapOf<T>(Rule<String> keys, Type<T> values) implements Type<Map<String, T>> {

  @Override
  public Optional<Map<String, T>> decode(Spot spot, Decoding decoding) {
    if (!(spot.node() instanceof MappingNode mapping)) {
      decoding.refuseKind(spot, allowed(), "");
      return Optional.empty();
    }
    int faultsBefore = decoding.faultCount();
    Map<String, T> values = new LinkedHashMap<>();
    Entries.of(mapping, spot, decoding)
        .forEach(
            (key, entry) -> decode(key, entry, spot, decoding).ifPresent(v -> values.put(key, v)));
    return decoding.faultCount() == faultsBefore ? Optional.of(values) : Optional.empty();
  }

  private Optional<T> decode(String key, NodeTuple entry, Spot mapping, Decoding decoding) {
    String path = mapping.pathOf(key);
    if (!keys.holds().test(key)) {
      decoding.fault(
          entry.getKeyNode(),
          path,
          keys.broken() + ", allowed is " + keys.allowed() + "; " + keys.next());
      return Optional.empty();
    }
    return values.decode(new Spot(entry.getKeyNode(), entry.getValueNode(), path, ""), decoding);
  }

  @Override
  public String allowed() {
    return "a mapping of " + keys.allowed() + " to " + values.allowed();
  }
}

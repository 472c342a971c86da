package initrunner.role;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// The keys of one mapping in file order, with what a merge key (`<<`) brings behind them: a key of
/// the mapping itself wins over a merged one, an earlier merged one over a later.
final class Entries {

  private static final String MERGE = "<<";

  private final Spot mapping;
  private final Decoding decoding;
  private final Map<String, NodeTuple> byKey = new LinkedHashMap<>();

  private Entries(Spot mapping, Decoding decoding) {
    this.mapping = mapping;
    this.decoding = decoding;
  }

  /// The entries of a mapping. A key that is no name, or that is there twice, is reported.
  static Map<String, NodeTuple> of(MappingNode node, Spot spot, Decoding decoding) {
    Entries entries = new Entries(spot, decoding);
    node.getValue().forEach(entries::add);
    entries.mergeInto(node);
    return entries.byKey;
  }

  private void add(NodeTuple entry) {
    Node key = entry.getKeyNode();
    Optional<String> name = name(key);
    if (name.isEmpty()) {
      String what = Kind.of(key).phrase() + " where a key is expected, allowed is a name";
      decoding.fault(key, mapping.path(), what + "; write it as name: value");
      return;
    }
    if (isMerge(key)) {
      return;
    }
    Optional<NodeTuple> first = Optional.ofNullable(byKey.putIfAbsent(name.get(), entry));
    first.ifPresent(before ->
        decoding.fault(
            key,
            mapping.pathOf(name.get()),
            "is written twice, first on line "
                + Decoding.line(before.getKeyNode())
                + "; keep one of the two"));
  }

  private void mergeInto(MappingNode node) {
    for (NodeTuple entry : node.getValue()) {
      if (isMerge(entry.getKeyNode())) {
        merge(entry.getKeyNode(), entry.getValueNode());
      }
    }
  }

  private void merge(Node key, Node value) {
    switch (value) {
      case MappingNode merged -> {
        for (NodeTuple entry : merged.getValue()) {
          if (!isMerge(entry.getKeyNode())) {
            name(entry.getKeyNode()).ifPresent(name -> byKey.putIfAbsent(name, entry));
          }
        }
        mergeInto(merged);
      }
      case SequenceNode several -> several.getValue().forEach(one -> merge(key, one));
      default ->
          decoding.fault(
              key,
              mapping.pathOf(MERGE),
              Kind.of(value).phrase() + ", allowed is a mapping; write <<: *name of an anchor");
    }
  }

  private static Optional<String> name(Node key) {
    return key instanceof ScalarNode scalar && Kind.of(key) != Kind.EMPTY
        ? Optional.of(scalar.getValue())
        : Optional.empty();
  }

  private static boolean isMerge(Node key) {
    return key instanceof ScalarNode scalar && scalar.isPlain() && scalar.getValue().equals(MERGE);
  }
}

package initrunner.role;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// A mapping with a `type`, also where it is written as the type alone (`shell`) or as the type
/// with the rest below it (`shell: {…}`).
record Spelled<T>(Variants<T> variants) implements Type<T> {

  @Override
  public Optional<T> decode(Spot spot, Decoding decoding) {
    if (spot.kind() == Kind.TEXT) {
      return variants.decode(typed(spot, spot.node(), List.of(), spot.path()), decoding);
    }
    if (!(spot.node() instanceof MappingNode mapping)) {
      decoding.refuseKind(spot, allowed(), "");
      return Optional.empty();
    }
    if (spot.child(Variants.KEY).isPresent()) {
      return variants.decode(spot, decoding);
    }
    List<NodeTuple> entries = mapping.getValue();
    Optional<String> type = entries.stream().flatMap(this::typeOf).findFirst();
    if (entries.size() == 1
        && entries.getFirst().getKeyNode() instanceof ScalarNode key
        && !Variants.isLikeType(key.getValue())) {
      return below(key, entries.getFirst().getValueNode(), spot, decoding);
    }
    if (type.isPresent()) {
      decoding.fault(
          spot.name(),
          spot.path(),
          "has keys beside "
              + type.get()
              + ", allowed is one tool for each entry; write its keys below "
              + type.get()
              + ", or type: "
              + type.get()
              + " and its keys beside that");
      return Optional.empty();
    }
    return variants.decode(spot, decoding);
  }

  private Stream<String> typeOf(NodeTuple entry) {
    return entry.getKeyNode() instanceof ScalarNode key
        ? variants.sections().keySet().stream().filter(key.getValue()::equals)
        : Stream.empty();
  }

  private Optional<T> below(ScalarNode type, Node value, Spot spot, Decoding decoding) {
    String path = spot.pathOf(type.getValue());
    Spot below = new Spot(type, value, path, "");
    return switch (below.kind()) {
      case EMPTY -> variants.decode(typed(spot, type, List.of(), path), decoding);
      case MAPPING ->
          variants.decode(typed(spot, type, ((MappingNode) value).getValue(), path), decoding);
      case TEXT, WHOLE, DECIMAL, FLAG, LIST -> {
        decoding.refuseKind(below, "the tool's keys, or nothing", "");
        yield Optional.empty();
      }
    };
  }

  /// The same as a mapping with a `type`.
  private static Spot typed(Spot spot, Node type, List<NodeTuple> rest, String path) {
    List<NodeTuple> entries = new ArrayList<>();
    String word = type instanceof ScalarNode scalar ? scalar.getValue() : "";
    entries.add(new NodeTuple(text(Variants.KEY, type), text(word, type)));
    entries.addAll(rest);
    Node whole =
        new MappingNode(
            Tag.MAP, true, entries, FlowStyle.BLOCK, type.getStartMark(), type.getEndMark());
    return new Spot(spot.name(), whole, path, "");
  }

  private static ScalarNode text(String word, Node at) {
    return new ScalarNode(
        Tag.STR, true, word, ScalarStyle.PLAIN, at.getStartMark(), at.getEndMark());
  }

  @Override
  public String allowed() {
    return "the name of a tool, or " + variants.allowed();
  }
}

package initrunner.role;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/// A role's YAML as the JSON that an editor checks against the schema.
final class JsonOf {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private JsonOf() {}

  static JsonNode file(Path file) {
    Node root = YamlTree.of(file, RoleText.read(file));
    return value(new Spot(root, root, "", ""));
  }

  private static JsonNode value(Spot spot) {
    return switch (spot.kind()) {
      case EMPTY -> JSON.nullNode();
      case TEXT -> JSON.textNode(spot.raw());
      case FLAG -> JSON.booleanNode(spot.raw().equalsIgnoreCase("true"));
      case WHOLE ->
          new Whole(Integer.MIN_VALUE, Integer.MAX_VALUE, "")
              .decode(spot, Decoding.unheard())
              .<JsonNode>map(JSON::numberNode)
              .orElseGet(() -> JSON.numberNode(Double.parseDouble(spot.raw())));
      case DECIMAL -> JSON.numberNode(decimal(spot.raw()));
      case LIST -> {
        ArrayNode list = JSON.arrayNode();
        spot.items().forEach(item -> list.add(value(item)));
        yield list;
      }
      case MAPPING -> {
        ObjectNode object = JSON.objectNode();
        Map<String, NodeTuple> entries =
            Entries.of((MappingNode) spot.node(), spot, Decoding.unheard());
        entries.forEach((key, entry) ->
            object.set(key, value(new Spot(entry.getKeyNode(), entry.getValueNode(), key, ""))));
        yield object;
      }
    };
  }

  private static double decimal(String raw) {
    return raw.contains("n") || raw.contains("N") ? Double.MAX_VALUE : Double.parseDouble(raw);
  }
}

package initrunner.role;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import initrunner.role.file.RoleText;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Whole;
import initrunner.schema.yaml.Faults;
import initrunner.schema.yaml.YamlTree;
import initrunner.schema.yaml.YamlValue;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// A role's YAML as the JSON that an editor checks against the schema.
final class JsonOf {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private JsonOf() {}

  static JsonNode file(Path file) {
    return value(YamlTree.of(file, RoleText.read(file)).orElseThrow());
  }

  private static JsonNode value(YamlValue yaml) {
    return switch (yaml.kind()) {
      case EMPTY -> JSON.nullNode();
      case TEXT -> JSON.textNode(yaml.raw());
      case FLAG -> JSON.booleanNode(yaml.raw().equalsIgnoreCase("true"));
      case WHOLE ->
          new Whole(Integer.MIN_VALUE, Integer.MAX_VALUE, "")
              .decode(yaml, new Decoding(Path.of(""), Path.of(""), Map::of, Optional.empty()))
              .<JsonNode>map(JSON::numberNode)
              .orElseGet(() -> JSON.numberNode(Double.parseDouble(yaml.raw())));
      case DECIMAL -> JSON.numberNode(decimal(yaml.raw()));
      case LIST -> {
        ArrayNode list = JSON.arrayNode();
        yaml.items().forEach(item -> list.add(value(item)));
        yield list;
      }
      case MAPPING -> {
        ObjectNode object = JSON.objectNode();
        yaml.entries(Faults.unheard()).forEach((key, entry) -> object.set(key, value(entry)));
        yield object;
      }
    };
  }

  private static double decimal(String raw) {
    return raw.contains("n") || raw.contains("N") ? Double.MAX_VALUE : Double.parseDouble(raw);
  }
}

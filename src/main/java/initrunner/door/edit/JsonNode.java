package initrunner.door.edit;

import initrunner.door.jsonrpc.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// A value of a JSON text and its place there. Immutable.
sealed interface JsonNode {

  /// The offset of its first character.
  int start();

  /// The offset behind its last one.
  int end();

  /// A member of an object.
  ///
  /// @param start the offset of its name
  record Member(int start, String name, JsonNode value) {}

  record Obj(int start, int end, List<Member> members) implements JsonNode {

    Optional<Member> member(String name) {
      return members.stream().filter(each -> each.name().equals(name)).findFirst();
    }

    boolean repeats(String name) {
      return members.stream().filter(each -> each.name().equals(name)).count() > 1;
    }
  }

  record Arr(int start, int end, List<JsonNode> elements) implements JsonNode {}

  /// A string, a number, `true`, `false` or `null`.
  record Scalar(int start, int end, Json value) implements JsonNode {}

  /// What it says. Of a member that is there twice, the last one counts, as it does for the
  /// clients.
  default Json json() {
    return switch (this) {
      case Obj object -> {
        SequencedMap<String, Json> members = new LinkedHashMap<>();
        object.members().forEach(each -> members.put(each.name(), each.value().json()));
        yield new Json.Obj(members);
      }
      case Arr array -> new Json.Arr(array.elements().stream().map(JsonNode::json).toList());
      case Scalar scalar -> scalar.value();
    };
  }
}

package initrunner.door.edit;

import initrunner.door.jsonrpc.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// What an edit of a JSON text is to do to what the text says. Stateless.
final class JsonModel {

  private JsonModel() {}

  /// A value inside of objects, one for each name of a path.
  static Json nested(List<String> path, Json value) {
    Json nested = value;
    for (String name : path.reversed()) {
      nested = Json.Obj.EMPTY.with(name, nested);
    }
    return nested;
  }

  /// @param before empty for a text without a value
  static Json with(Optional<Json> before, List<String> path, Json value) {
    if (path.isEmpty()) {
      return value;
    }
    Json.Obj object = before.flatMap(JsonModel::object).orElse(Json.Obj.EMPTY);
    String name = path.getFirst();
    return object.with(name, with(object.get(name), path.subList(1, path.size()), value));
  }

  private static Optional<Json.Obj> object(Json value) {
    return value instanceof Json.Obj object ? Optional.of(object) : Optional.empty();
  }

  static Json without(Json before, List<String> path) {
    if (!(before instanceof Json.Obj object)) {
      return before;
    }
    SequencedMap<String, Json> members = new LinkedHashMap<>(object.members());
    String name = path.getFirst();
    if (path.size() == 1) {
      members.remove(name);
    } else {
      members.computeIfPresent(name, (_, inner) -> without(inner, path.subList(1, path.size())));
    }
    return new Json.Obj(members);
  }

  static Json plus(Json array, Json element) {
    List<Json> elements =
        new ArrayList<>(array instanceof Json.Arr(List<Json> there) ? there : List.of());
    elements.add(element);
    return new Json.Arr(elements);
  }

  static Json minus(List<Json> elements, int index) {
    List<Json> left = new ArrayList<>(elements);
    left.remove(index);
    return new Json.Arr(left);
  }
}

package initrunner.door.edit;

import initrunner.door.jsonrpc.Json;
import initrunner.text.SafeText;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/// Changes one value of a JSON text and leaves every other character as it is. What comes out is
/// read again: it says what the text said, but for that value. Stateless.
public final class JsonEdit {

  private JsonEdit() {}

  /// The value at a path; empty if there is none.
  ///
  /// @throws SyntaxFault if the text is not JSON
  public static Optional<Json> get(String text, List<String> path) {
    return JsonReader.read(text).flatMap(root -> find(text, root, path)).map(JsonNode::json);
  }

  private static Optional<JsonNode> find(String text, JsonNode from, List<String> path) {
    Optional<JsonNode> node = Optional.of(from);
    for (String name : path) {
      node =
          node.map(each -> object(text, each, name))
              .flatMap(each -> each.member(name))
              .map(JsonNode.Member::value);
    }
    return node;
  }

  private static JsonNode.Obj object(String text, JsonNode node, String name) {
    if (!(node instanceof JsonNode.Obj object)) {
      throw new SyntaxFault(text, node.start(), "an object with " + quoted(name) + " belongs here");
    }
    if (object.repeats(name)) {
      throw new SyntaxFault(
          text, object.start(), "the name " + quoted(name) + " is in this object more than once");
    }
    return object;
  }

  /// The text with a value at a path, whose objects are made where they are missing.
  public static String put(String text, List<String> path, Json value) {
    Optional<Json> before = JsonReader.read(text).map(JsonNode::json);
    if (get(text, path).equals(Optional.of(value))) {
      return text;
    }
    return checked(unchecked(text, path, value), JsonModel.with(before, path, value));
  }

  private static String unchecked(String text, List<String> path, Json value) {
    JsonLayout layout = JsonLayout.of(text);
    Optional<JsonNode> root = JsonReader.read(text);
    if (root.isEmpty()) {
      String before = text.isBlank() || text.endsWith("\n") ? text.stripTrailing() : text;
      String separator = before.isEmpty() || before.equals("\uFEFF") ? "" : layout.newline();
      return before
          + separator
          + layout.lines(JsonModel.nested(path, value), "")
          + layout.newline();
    }
    JsonNode node = root.get();
    for (int depth = 0; depth < path.size(); depth++) {
      String name = path.get(depth);
      JsonNode.Obj object = object(text, node, name);
      Optional<JsonNode.Member> member = object.member(name);
      if (member.isEmpty()) {
        Json missing = JsonModel.nested(path.subList(depth + 1, path.size()), value);
        return JsonSequence.of(text, object)
            .with(
                layout,
                indent -> quoted(name) + ": " + layout.lines(missing, indent),
                quoted(name) + ": " + JsonLayout.line(missing));
      }
      node = member.get().value();
    }
    String indent = JsonLayout.indent(text, node.start());
    boolean isOneLine = text.substring(node.start(), node.end()).indexOf('\n') < 0;
    boolean isEmpty = node.end() - node.start() <= 2;
    String written =
        isOneLine && !isEmpty && node instanceof JsonNode.Obj
            ? JsonLayout.line(value)
            : layout.lines(value, indent);
    return text.substring(0, node.start()) + written + text.substring(node.end());
  }

  /// The text with an element at the end of the array at a path, if the array has none like it.
  public static String add(String text, List<String> path, Json element) {
    Optional<JsonNode> array = JsonReader.read(text).flatMap(root -> find(text, root, path));
    if (array.isEmpty()) {
      return put(text, path, new Json.Arr(List.of(element)));
    }
    if (!(array.get() instanceof JsonNode.Arr there)) {
      throw new SyntaxFault(text, array.get().start(), "an array belongs here");
    }
    if (there.elements().stream().anyMatch(each -> each.json().equals(element))) {
      return text;
    }
    JsonLayout layout = JsonLayout.of(text);
    String result =
        JsonSequence.of(text, there)
            .with(layout, indent -> layout.lines(element, indent), JsonLayout.line(element));
    Json expected =
        JsonModel.with(
            JsonReader.read(text).map(JsonNode::json), path, JsonModel.plus(there.json(), element));
    return checked(result, expected);
  }

  /// The text without the value at a path, and without the objects that are empty then.
  ///
  /// @param isKept whether the object or array at a path stays although it is empty
  public static String remove(String text, List<String> path, Predicate<List<String>> isKept) {
    Optional<JsonNode> root = JsonReader.read(text);
    List<String> parent = path.subList(0, path.size() - 1);
    Optional<JsonNode> found = root.flatMap(each -> find(text, each, parent));
    if (found.isEmpty() || get(text, path).isEmpty()) {
      return text;
    }
    JsonNode.Obj object = object(text, found.get(), path.getLast());
    int index =
        IntStream.range(0, object.members().size())
            .filter(each -> object.members().get(each).name().equals(path.getLast()))
            .findFirst()
            .orElseThrow();
    String result =
        checked(
            JsonSequence.of(text, object).without(index),
            JsonModel.without(root.get().json(), path));
    boolean isLast = object.members().size() == 1 && !parent.isEmpty() && !isKept.test(parent);
    return isLast ? remove(result, parent, isKept) : result;
  }

  /// The text without an element of the array at a path, and as [#remove] if none is left.
  public static String removeElement(
      String text, List<String> path, Json element, Predicate<List<String>> isKept) {
    Optional<JsonNode> root = JsonReader.read(text);
    Optional<JsonNode> found = root.flatMap(each -> find(text, each, path));
    if (found.isEmpty() || !(found.get() instanceof JsonNode.Arr array)) {
      return text;
    }
    List<Json> elements = array.elements().stream().map(JsonNode::json).toList();
    int index = elements.indexOf(element);
    if (index < 0) {
      return text;
    }
    if (elements.size() == 1 && !isKept.test(path)) {
      return remove(text, path, isKept);
    }
    return checked(
        JsonSequence.of(text, array).without(index),
        JsonModel.with(root.map(JsonNode::json), path, JsonModel.minus(elements, index)));
  }

  /// An edit that changed anything else is a fault of this program, and is not written.
  private static String checked(String result, Json expected) {
    Optional<Json> read = JsonReader.read(result).map(JsonNode::json);
    if (!read.equals(Optional.of(expected))) {
      throw new IllegalStateException("an edit changed more of a JSON text than it was to");
    }
    return result;
  }

  private static String quoted(String name) {
    return SafeText.quoted(name);
  }
}

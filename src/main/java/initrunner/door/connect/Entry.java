package initrunner.door.connect;

import initrunner.door.edit.JsonEdit;
import initrunner.door.edit.TomlEdit;
import initrunner.door.jsonrpc.Json;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// What connect keeps at one place of a client's file. Immutable.
sealed interface Entry {

  /// The text with it.
  String put(String text);

  /// What the text has in its place; empty for nothing.
  Optional<Json> current(String text);

  /// The same place with another value.
  Entry with(Json value);

  /// The text without it.
  ///
  /// @param before the file as it was before connect wrote there; what was in it stays
  String remove(String text, Optional<String> before);

  /// Its place, for messages.
  String place();

  /// What tells its place from that of each other entry of the same file.
  default Object identity() {
    return place();
  }

  /// The value that connect puts there.
  Json value();

  /// Whether it says by itself that connect put it there. Another one is connect's only in a file
  /// that has one which does.
  default boolean isMarked() {
    return true;
  }

  /// Whether putting it keeps parts of a value in its place that a person may have added.
  default boolean keepsMoreOf(Json there) {
    return false;
  }

  /// A value of an object.
  record JsonMember(List<String> path, Json value) implements Entry {

    public JsonMember {
      path = List.copyOf(path);
    }

    @Override
    public String put(String text) {
      return current(text).filter(this::keepsMoreOf).isPresent()
          ? text
          : JsonEdit.put(text, path, value);
    }

    /// A person may have added to a list.
    @Override
    public boolean keepsMoreOf(Json there) {
      return there instanceof Json.Arr(List<Json> all)
          && value instanceof Json.Arr(List<Json> ours)
          && all.size() > ours.size()
          && all.containsAll(ours);
    }

    @Override
    public Optional<Json> current(String text) {
      return JsonEdit.get(text, path);
    }

    @Override
    public Entry with(Json other) {
      return new JsonMember(path, other);
    }

    @Override
    public String remove(String text, Optional<String> before) {
      return JsonEdit.remove(text, path, isIn(before));
    }

    @Override
    public String place() {
      return String.join(".", path);
    }
  }

  /// An element of an array.
  ///
  /// @param mark a string in it by which connect knows it again, though other parts of it changed;
  ///   empty for one that is known by its whole value
  record JsonElement(List<String> path, Json value, String mark) implements Entry {

    public JsonElement {
      path = List.copyOf(path);
    }

    @Override
    public String put(String text) {
      Optional<Json> there = current(text);
      if (there.isEmpty() || there.get().equals(value)) {
        return JsonEdit.add(text, path, value);
      }
      String without = JsonEdit.removeElement(text, path, there.get(), _ -> true);
      return JsonEdit.add(without, path, value);
    }

    @Override
    public boolean isMarked() {
      return !mark.isEmpty();
    }

    @Override
    public Optional<Json> current(String text) {
      return JsonEdit.get(text, path)
          .flatMap(array ->
              array instanceof Json.Arr(List<Json> elements)
                  ? elements.stream().filter(this::isThis).findFirst()
                  : Optional.empty());
    }

    private boolean isThis(Json element) {
      return mark.isEmpty() ? element.equals(value) : hasMark(element);
    }

    private boolean hasMark(Json element) {
      return switch (element) {
        case Json.Obj object -> object.members().values().stream().anyMatch(this::hasMark);
        case Json.Arr(List<Json> elements) -> elements.stream().anyMatch(this::hasMark);
        case Json.Text(String string) -> string.contains(mark);
        case Json.Num _, Json.Bool _, Json.Null _ -> false;
      };
    }

    @Override
    public Entry with(Json other) {
      return new JsonElement(path, other, mark);
    }

    @Override
    public Object identity() {
      return List.of(path, mark.isEmpty() ? value : mark);
    }

    @Override
    public String remove(String text, Optional<String> before) {
      boolean wasThere = before.flatMap(this::current).isPresent();
      return wasThere ? text : JsonEdit.removeElement(text, path, value, isIn(before));
    }

    @Override
    public String place() {
      return String.join(".", path);
    }
  }

  private static Predicate<List<String>> isIn(Optional<String> before) {
    return path -> before.flatMap(text -> JsonEdit.get(text, path)).isPresent();
  }

  private static boolean hasMoreKeys(Json there, Json.Obj than) {
    return there instanceof Json.Obj object
        && !than.members().keySet().containsAll(object.members().keySet());
  }

  /// A table with a header of its own.
  record TomlTable(List<String> path, Json.Obj value) implements Entry {

    public TomlTable {
      path = List.copyOf(path);
    }

    @Override
    public String put(String text) {
      return TomlEdit.putTable(text, path, value);
    }

    @Override
    public boolean keepsMoreOf(Json there) {
      return hasMoreKeys(there, value);
    }

    @Override
    public Optional<Json> current(String text) {
      return TomlEdit.table(text, path).map(table -> table);
    }

    @Override
    public Entry with(Json other) {
      return new TomlTable(path, (Json.Obj) other);
    }

    @Override
    public String remove(String text, Optional<String> before) {
      return TomlEdit.removeTable(text, path);
    }

    @Override
    public String place() {
      return String.join(".", path);
    }
  }

  /// An element of an array of tables.
  ///
  /// @param key by whose value it is known
  record TomlElement(String array, String key, Json.Obj value) implements Entry {

    private Json id() {
      return value.get(key).orElseThrow();
    }

    @Override
    public String put(String text) {
      return TomlEdit.putElement(text, array, key, value);
    }

    @Override
    public boolean keepsMoreOf(Json there) {
      return hasMoreKeys(there, value);
    }

    @Override
    public Optional<Json> current(String text) {
      return TomlEdit.element(text, array, key, id()).map(element -> element);
    }

    @Override
    public Entry with(Json other) {
      return new TomlElement(array, key, (Json.Obj) other);
    }

    @Override
    public String remove(String text, Optional<String> before) {
      return TomlEdit.removeElement(text, array, key, id());
    }

    @Override
    public String place() {
      return array + " with " + key + " " + value.text(key).orElse("");
    }
  }

  /// A value in front of all tables.
  record TomlRoot(String key, Json value) implements Entry {

    @Override
    public String put(String text) {
      return TomlEdit.putRoot(text, key, value);
    }

    @Override
    public boolean isMarked() {
      return false;
    }

    @Override
    public Optional<Json> current(String text) {
      return TomlEdit.root(text, key);
    }

    @Override
    public Entry with(Json other) {
      return new TomlRoot(key, other);
    }

    @Override
    public String remove(String text, Optional<String> before) {
      return before
          .flatMap(this::current)
          .map(old -> TomlEdit.putRoot(text, key, old))
          .orElseGet(() -> TomlEdit.removeRoot(text, key));
    }

    @Override
    public String place() {
      return key;
    }
  }
}

package initrunner.door.edit;

import initrunner.door.jsonrpc.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Changes tables and values of a TOML text and leaves every other character as it is. Stateless.
public final class TomlEdit {

  private TomlEdit() {}

  /// The keys and values of a table; empty if there is none with a header of its own.
  ///
  /// @throws SyntaxFault if the text is not TOML
  public static Optional<Json.Obj> table(String text, List<String> path) {
    return find(text, path).map(TomlEdit::object);
  }

  private static Json.Obj object(TomlSection section) {
    Json.Obj object = Json.Obj.EMPTY;
    for (TomlSection.Pair pair : section.pairs()) {
      object = object.with(String.join(".", pair.key()), pair.value());
    }
    return object;
  }

  private static Optional<TomlSection> find(String text, List<String> path) {
    List<TomlSection> sections = TomlReader.read(text);
    for (TomlSection section : sections) {
      for (TomlSection.Pair pair : section.pairs()) {
        boolean isInside =
            section.path().size() < path.size()
                && TomlReader.startsWith(path, section.path())
                && isPrefix(pair.key(), path.subList(section.path().size(), path.size()));
        if (isInside) {
          throw new SyntaxFault(
              text,
              pair.start(),
              String.join(".", path) + " has no header of its own here, [" + header(path) + "]");
        }
      }
    }
    return sections.stream()
        .filter(each -> each.kind() == TomlSection.Kind.TABLE && each.path().equals(path))
        .findFirst();
  }

  private static boolean isPrefix(List<String> key, List<String> path) {
    int common = Math.min(key.size(), path.size());
    return key.subList(0, common).equals(path.subList(0, common));
  }

  /// The text with a table of these keys; other keys of the table stay.
  public static String putTable(String text, List<String> path, Json.Obj pairs) {
    Optional<TomlSection> there = find(text, path);
    String result =
        there.isPresent()
            ? putPairs(text, there.get(), pairs)
            : append(text, "[" + header(path) + "]", pairs);
    return checked(text, result, each -> each.path().equals(path));
  }

  /// The text without a table and the tables in it.
  public static String removeTable(String text, List<String> path) {
    String result = text;
    while (true) {
      Optional<TomlSection> next =
          TomlReader.read(result).stream()
              .filter(each -> each.kind() != TomlSection.Kind.ROOT)
              .filter(each -> TomlReader.startsWith(each.path(), path))
              .findFirst();
      if (next.isEmpty()) {
        return checked(text, result, each -> TomlReader.startsWith(each.path(), path));
      }
      result = cut(result, next.get());
    }
  }

  /// The element of an array of tables whose key has this value.
  public static Optional<Json.Obj> element(String text, String array, String key, Json value) {
    return findElement(text, array, key, value).map(TomlEdit::object);
  }

  private static Optional<TomlSection> findElement(
      String text, String array, String key, Json value) {
    return TomlReader.read(text).stream()
        .filter(each -> isElement(each, array, key, value))
        .findFirst();
  }

  private static boolean isElement(TomlSection section, String array, String key, Json value) {
    return section.kind() == TomlSection.Kind.ELEMENT
        && section.path().equals(List.of(array))
        && section.pair(key).filter(pair -> pair.value().equals(value)).isPresent();
  }

  /// The text with an element of an array of tables.
  ///
  /// @param key of these pairs by which the element is known
  public static String putElement(String text, String array, String key, Json.Obj pairs) {
    Json value = pairs.get(key).orElseThrow();
    Optional<TomlSection> there = findElement(text, array, key, value);
    String result =
        there.isPresent()
            ? putPairs(text, there.get(), pairs)
            : append(text, "[[" + header(List.of(array)) + "]]", pairs);
    return checked(text, result, each -> isElement(each, array, key, value));
  }

  public static String removeElement(String text, String array, String key, Json value) {
    String result =
        findElement(text, array, key, value).map(there -> cut(text, there)).orElse(text);
    return checked(text, result, each -> isElement(each, array, key, value));
  }

  /// The value of a key in front of the first header.
  public static Optional<Json> root(String text, String key) {
    return TomlReader.read(text).getFirst().pair(key).map(TomlSection.Pair::value);
  }

  public static String putRoot(String text, String key, Json value) {
    String result =
        putPairs(text, TomlReader.read(text).getFirst(), Json.Obj.EMPTY.with(key, value));
    return checked(text, result, each -> each.kind() == TomlSection.Kind.ROOT);
  }

  public static String removeRoot(String text, String key) {
    return TomlReader.read(text)
        .getFirst()
        .pair(key)
        .map(pair ->
            text.substring(0, lineStart(text, pair.start()))
                + text.substring(nextLine(text, pair.end())))
        .orElse(text);
  }

  /// An edit that changed anything else is a fault of this program, and is not written.
  private static String checked(String before, String after, Predicate<TomlSection> isMeant) {
    if (!others(before, isMeant).equals(others(after, isMeant))) {
      throw new IllegalStateException("an edit changed more of a TOML text than it was to");
    }
    return after;
  }

  private static List<Object> others(String text, Predicate<TomlSection> isMeant) {
    return TomlReader.read(text).stream()
        .filter(each -> !isMeant.test(each))
        .<Object>map(each -> List.of(each.kind(), each.path(), object(each)))
        .toList();
  }

  private static String putPairs(String text, TomlSection section, Json.Obj pairs) {
    String result = text;
    int behind = section.end();
    StringBuilder missing = new StringBuilder();
    for (Map.Entry<String, Json> each : pairs.members().entrySet()) {
      Optional<TomlSection.Pair> there = section.pair(each.getKey());
      if (there.isEmpty()) {
        missing.append(line(each.getKey(), each.getValue())).append(newline(text));
      }
    }
    if (!missing.isEmpty()) {
      int at =
          section.kind() == TomlSection.Kind.ROOT && section.pairs().isEmpty()
              ? section.start()
              : nextLine(text, behind);
      boolean isUnended =
          at > 0 && at == text.length() && !text.endsWith("\n") && at != section.start();
      result =
          text.substring(0, at) + (isUnended ? newline(text) : "") + missing + text.substring(at);
    }
    for (TomlSection.Pair pair : section.pairs().reversed()) {
      Optional<Json> value =
          pair.key().size() == 1 ? pairs.get(pair.key().getFirst()) : Optional.empty();
      if (value.isPresent() && !value.get().equals(pair.value())) {
        result =
            result.substring(0, pair.valueStart())
                + value(value.get())
                + result.substring(pair.end());
      }
    }
    return result;
  }

  private static String append(String text, String header, Json.Obj pairs) {
    String newline = newline(text);
    StringBuilder result = new StringBuilder(text);
    if (!text.isEmpty() && !text.endsWith("\n")) {
      result.append(newline);
    }
    if (!text.isBlank()) {
      result.append(newline);
    }
    result.append(header).append(newline);
    pairs.members().forEach((key, value) -> result.append(line(key, value)).append(newline));
    return result.toString();
  }

  /// Without the lines from the header to the last value, and without the blank line before them.
  private static String cut(String text, TomlSection section) {
    int start = lineStart(text, section.start());
    String head = text.substring(0, start);
    String newline = newline(text);
    if (head.endsWith(newline + newline) || head.equals(newline)) {
      head = head.substring(0, head.length() - newline.length());
    }
    return head + text.substring(nextLine(text, section.end()));
  }

  private static int lineStart(String text, int at) {
    return text.lastIndexOf('\n', at - 1) + 1;
  }

  private static int nextLine(String text, int at) {
    int end = text.indexOf('\n', at);
    return end < 0 ? text.length() : end + 1;
  }

  private static String newline(String text) {
    int end = text.indexOf('\n');
    return end > 0 && text.charAt(end - 1) == '\r' ? "\r\n" : "\n";
  }

  private static String header(List<String> path) {
    return path.stream().map(TomlEdit::key).collect(Collectors.joining("."));
  }

  private static String key(String name) {
    return name.matches("[A-Za-z0-9_-]+") ? name : quoted(name);
  }

  private static String line(String key, Json value) {
    return key(key) + " = " + value(value);
  }

  private static String value(Json value) {
    return switch (value) {
      case Json.Obj(SequencedMap<String, Json> members) ->
          members.entrySet().stream()
              .map(each -> line(each.getKey(), each.getValue()))
              .collect(Collectors.joining(", ", "{ ", " }"));
      case Json.Arr(List<Json> elements) ->
          elements.stream().map(TomlEdit::value).collect(Collectors.joining(", ", "[", "]"));
      case Json.Text(String string) -> quoted(string);
      case Json.Num(String digits) -> digits;
      case Json.Bool(boolean flag) -> String.valueOf(flag);
      case Json.Null() -> throw new IllegalArgumentException("TOML has no null");
    };
  }

  private static String quoted(String string) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < string.length(); i++) {
      char character = string.charAt(i);
      if (character == '"' || character == '\\') {
        quoted.append('\\').append(character);
      } else if (character < ' ' || character == '\u007F') {
        quoted.append(String.format(Locale.ROOT, "\\u%04X", (int) character));
      } else {
        quoted.append(character);
      }
    }
    return quoted.append('"').toString();
  }
}

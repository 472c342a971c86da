package initrunner.tool.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A key of a keyboard, and what an xterm sends for it. Immutable.
///
/// @param usual what it sends
/// @param inApplicationMode what it sends to a program that has asked for that (DECCKM)
record Key(String usual, String inApplicationMode) {

  /// The names, for messages.
  static final String NAMES =
      "Enter, Tab, Escape, Backspace, Delete, Space, Up, Down, Left, Right, Home, End, PageUp,"
          + " PageDown, Insert, F1 to F12, Ctrl-C (and other letters), Alt-X, Shift-Tab";

  private static final int MOST_CHARACTERS = 20;
  private static final String ESCAPE = "\u001b";
  private static final Pattern WITH_MODIFIER =
      Pattern.compile("(?i)(?<modifier>ctrl|control|c|alt|meta|m)[-+](?<key>.+)");
  private static final int CONTROL_BITS = 0x1F;
  private static final Map<String, Key> NAMED = named();

  private static Map<String, Key> named() {
    Map<String, String> plain =
        Map.ofEntries(
            Map.entry("enter", "\r"),
            Map.entry("return", "\r"),
            Map.entry("tab", "\t"),
            Map.entry("escape", ESCAPE),
            Map.entry("esc", ESCAPE),
            Map.entry("backspace", "\u007f"),
            Map.entry("space", " "),
            Map.entry("delete", ESCAPE + "[3~"),
            Map.entry("insert", ESCAPE + "[2~"),
            Map.entry("pageup", ESCAPE + "[5~"),
            Map.entry("pagedown", ESCAPE + "[6~"),
            Map.entry("shift-tab", ESCAPE + "[Z"));
    Map<String, Character> ofCursor =
        Map.of("up", 'A', "down", 'B', "right", 'C', "left", 'D', "home", 'H', "end", 'F');
    List<String> functions =
        List.of(
            "OP", "OQ", "OR", "OS", "[15~", "[17~", "[18~", "[19~", "[20~", "[21~", "[23~", "[24~");
    Stream<Map.Entry<String, Key>> all =
        Stream.of(
                plain.entrySet().stream()
                    .map(each ->
                        Map.entry(each.getKey(), new Key(each.getValue(), each.getValue()))),
                ofCursor.entrySet().stream()
                    .map(each ->
                        Map.entry(
                            each.getKey(),
                            new Key(
                                ESCAPE + "[" + each.getValue(), ESCAPE + "O" + each.getValue()))),
                Stream.iterate(0, i -> i < functions.size(), i -> i + 1)
                    .map(i ->
                        Map.entry(
                            "f" + (i + 1),
                            new Key(ESCAPE + functions.get(i), ESCAPE + functions.get(i)))))
            .flatMap(each -> each);
    return all.collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /// The keys of a text with blanks in between.
  ///
  /// @param unknown gets the names that there are not
  static List<Key> all(String names, List<String> unknown) {
    List<Key> keys = new ArrayList<>();
    for (String name : names.strip().split("\\s+", -1)) {
      if (!name.isEmpty()) {
        of(name).ifPresentOrElse(keys::add, () -> unknown.add(name));
      }
    }
    return keys;
  }

  private static Optional<Key> of(String name) {
    if (name.length() > MOST_CHARACTERS) {
      return Optional.empty();
    }
    Key named = NAMED.get(name.toLowerCase(Locale.ROOT));
    if (named != null) {
      return Optional.of(named);
    }
    Matcher modified = WITH_MODIFIER.matcher(name);
    if (!modified.matches()) {
      // A single character is typed as it is.
      return name.codePointCount(0, name.length()) == 1
          ? Optional.of(new Key(name, name))
          : Optional.empty();
    }
    String key = modified.group("key");
    return modified.group("modifier").toLowerCase(Locale.ROOT).startsWith("c")
        ? control(key)
        : of(key).map(plain -> new Key(ESCAPE + plain.usual(), ESCAPE + plain.inApplicationMode()));
  }

  private static Optional<Key> control(String key) {
    if (key.equalsIgnoreCase("space") || key.equals("@")) {
      return Optional.of(new Key("\0", "\0"));
    }
    char upper = key.toUpperCase(Locale.ROOT).charAt(0);
    if (key.length() != 1 || upper < 'A' || upper > '_') {
      return Optional.empty();
    }
    String sent = Character.toString((char) (upper & CONTROL_BITS));
    return Optional.of(new Key(sent, sent));
  }
}

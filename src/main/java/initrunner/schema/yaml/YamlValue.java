package initrunner.schema.yaml;

import initrunner.text.SafeText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// One value of a file and its position.
///
/// @param name the node of its key; the value itself where it has no key
/// @param path of the field, as `spec.tools[0].type`
/// @param example a valid value, or blank
/// @param isHidden whether messages never show it; they never show one whose key looks like a
///   secret's
public record YamlValue(
    YamlNode name, YamlNode node, String path, String example, boolean isHidden) {

  private static final int MOST_SHOWN_CHARACTERS = 60;

  private static final Pattern SECRET_WORD =
      Pattern.compile(
          "(?:^|[^a-z])(?:key|apikey|token|password|passphrase|passwd|secret|credentials?"
              + "|auth|authorization|authentication|cookie|bearer)(?:[^a-z]|$)");

  public YamlValue(YamlNode name, YamlNode node, String path, String example) {
    this(name, node, path, example, false);
  }

  /// The whole of a file.
  public static YamlValue of(YamlNode root) {
    return new YamlValue(root, root, "", "");
  }

  /// The same with an example.
  public YamlValue withExample(String better) {
    return new YamlValue(name, node, path, better, isHidden);
  }

  /// The same, hidden from messages.
  public YamlValue hidden() {
    return new YamlValue(name, node, path, example, true);
  }

  /// The items of a list; none for another value.
  public List<YamlValue> items() {
    List<YamlValue> items = new ArrayList<>();
    if (node instanceof YamlNode.Sequence list) {
      for (YamlNode item : list.items()) {
        items.add(new YamlValue(item, item, path + "[" + items.size() + "]", "", isHidden));
      }
    }
    return items;
  }

  /// The values of a mapping by their keys, in the file's order, with those of merge keys; none for
  /// another value.
  ///
  /// @param faults gets each key that is no name or stands twice
  public Map<String, YamlValue> entries(Faults faults) {
    Map<String, YamlValue> values = new LinkedHashMap<>();
    if (node instanceof YamlNode.Mapping mapping) {
      Entries.of(mapping, this, faults)
          .forEach((key, entry) ->
              values.put(
                  key, new YamlValue(entry.key(), entry.value(), pathOf(key), "", isHidden)));
    }
    return values;
  }

  /// The value of a key of a mapping; reports no fault.
  public Optional<YamlValue> child(String key) {
    return Optional.ofNullable(entries(Faults.unheard()).get(key));
  }

  /// The path of a key of this mapping, as messages show it.
  public String pathOf(String key) {
    String name = SafeText.escaped(SafeText.cut(key, MOST_SHOWN_CHARACTERS));
    return path.isEmpty() ? name : path + "." + name;
  }

  public YamlKind kind() {
    return YamlKind.of(node);
  }

  /// The text of a scalar as it stands in the file; empty for a list or a mapping.
  public String raw() {
    return node instanceof YamlNode.Scalar scalar ? scalar.text() : "";
  }

  /// The last name of the path.
  String key() {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /// Where a fault of the value is best shown: the value, or its key where the value is empty or
  /// begins on a later line.
  public YamlNode at() {
    return kind().isScalar() && kind() != YamlKind.EMPTY ? node : name;
  }

  /// The value for an error message: short, on one line, and never a secret.
  String shown() {
    if (isHidden || mayBeSecret()) {
      return "a value that is not shown";
    }
    return switch (kind()) {
      case EMPTY -> "nothing";
      case TEXT -> SafeText.quoted(withoutCredentials(raw()), MOST_SHOWN_CHARACTERS);
      case WHOLE, DECIMAL, FLAG -> SafeText.cut(raw(), MOST_SHOWN_CHARACTERS);
      case LIST -> "a list of " + items().size();
      case MAPPING -> "a mapping";
    };
  }

  private boolean mayBeSecret() {
    String words = key().replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    return SECRET_WORD.matcher(words).find();
  }

  private static String withoutCredentials(String text) {
    return text.replaceAll("://[^/\\s]*@", "://…@").replaceAll("(://[^\\s?#]*[?#])\\S+", "$1…");
  }
}

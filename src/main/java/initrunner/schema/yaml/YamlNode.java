package initrunner.schema.yaml;

import java.util.List;

/// A node of a YAML text and its position. Immutable.
public sealed interface YamlNode {

  /// Its first character.
  Position at();

  /// A place in the text.
  ///
  /// @param line from 1
  /// @param column in characters, from 1
  record Position(int line, int column) {}

  /// A scalar of this kind, never a list or a mapping.
  ///
  /// @param text without quotes and escapes
  /// @param isPlain whether it stands without quotes
  record Scalar(YamlKind kind, String text, boolean isPlain, Position at) implements YamlNode {}

  /// A list.
  record Sequence(List<YamlNode> items, Position at) implements YamlNode {

    public Sequence {
      items = List.copyOf(items);
    }
  }

  /// A mapping in the text's order, with merge keys and with keys that stand twice.
  record Mapping(List<Entry> entries, Position at) implements YamlNode {

    public Mapping {
      entries = List.copyOf(entries);
    }
  }

  /// A key and its value.
  record Entry(YamlNode key, YamlNode value) {}
}

package initrunner.role;

import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// What a YAML value is, in a user's words.
enum Kind {
  EMPTY("has no value"),
  TEXT("is text"),
  WHOLE("is a whole number"),
  DECIMAL("is a decimal number"),
  FLAG("is true or false"),
  LIST("is a list"),
  MAPPING("is a mapping");

  private final String phrase;

  Kind(String phrase) {
    this.phrase = phrase;
  }

  String phrase() {
    return phrase;
  }

  boolean isScalar() {
    return this != LIST && this != MAPPING;
  }

  static Kind of(Node node) {
    if (node instanceof SequenceNode) {
      return LIST;
    }
    if (node instanceof MappingNode) {
      return MAPPING;
    }
    Tag tag = node.getTag();
    if (tag.equals(Tag.NULL)) {
      return EMPTY;
    }
    if (tag.equals(Tag.INT)) {
      return WHOLE;
    }
    if (tag.equals(Tag.FLOAT)) {
      return DECIMAL;
    }
    return tag.equals(Tag.BOOL) ? FLAG : TEXT;
  }
}

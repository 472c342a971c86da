package initrunner.role;

import initrunner.text.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// One value of the file and where it stands.
///
/// @param name the node of its key; the value itself where it has no key
/// @param path of the field, as `spec.tools[0].type`
/// @param example a value that would be right, or blank
record Spot(Node name, Node node, String path, String example) {

  private static final int MOST_SHOWN_CHARACTERS = 60;

  private static final Pattern SECRET_WORD =
      Pattern.compile(
          "(?:^|[^a-z])(?:key|apikey|token|password|passphrase|passwd|secret|credentials?"
              + "|auth|authorization|authentication|cookie|bearer)(?:[^a-z]|$)");

  /// The items of a list; none where it is none.
  List<Spot> items() {
    List<Spot> items = new ArrayList<>();
    if (node instanceof SequenceNode list) {
      for (Node item : list.getValue()) {
        items.add(new Spot(item, item, path + "[" + items.size() + "]", ""));
      }
    }
    return items;
  }

  /// The value of a key of a mapping, without a report of what may be wrong with either.
  Optional<Spot> child(String key) {
    if (!(node instanceof MappingNode mapping)) {
      return Optional.empty();
    }
    Map<String, NodeTuple> entries = Entries.of(mapping, this, Decoding.unheard());
    return Optional.ofNullable(entries.get(key))
        .map(entry -> new Spot(entry.getKeyNode(), entry.getValueNode(), pathOf(key), ""));
  }

  String pathOf(String key) {
    String name = SafeText.escaped(SafeText.cut(key, MOST_SHOWN_CHARACTERS));
    return path.isEmpty() ? name : path + "." + name;
  }

  Kind kind() {
    return Kind.of(node);
  }

  /// The text of a scalar as it stands in the file; empty for a list or a mapping.
  String raw() {
    return node instanceof ScalarNode scalar ? scalar.getValue() : "";
  }

  /// The last name of the path.
  String key() {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /// Where a fault of the value is best shown: the value, or its key where the value is empty or
  /// begins on a later line.
  Node at() {
    return kind().isScalar() && kind() != Kind.EMPTY ? node : name;
  }

  /// The value for an error message: short, on one line, and never a secret.
  String shown() {
    if (mayBeSecret()) {
      return "a value that is not shown";
    }
    return switch (kind()) {
      case EMPTY -> "nothing";
      case TEXT -> SafeText.quoted(withoutCredentials(raw()), MOST_SHOWN_CHARACTERS);
      case WHOLE, DECIMAL, FLAG -> SafeText.cut(raw(), MOST_SHOWN_CHARACTERS);
      case LIST -> "a list of " + ((SequenceNode) node).getValue().size();
      case MAPPING -> "a mapping";
    };
  }

  /// A server may take any header field for a key.
  private boolean mayBeSecret() {
    String words = key().replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    return SECRET_WORD.matcher(words).find()
        || path.contains("." + ModelFields.EXTRA_HEADERS.key() + ".");
  }

  private static String withoutCredentials(String text) {
    return text.replaceAll("://[^/\\s]*@", "://…@").replaceAll("(://[^\\s?#]*[?#])\\S+", "$1…");
  }
}

package initrunner.schema.type;

import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlNode;
import initrunner.schema.yaml.YamlNode.Entry;
import initrunner.schema.yaml.YamlNode.Scalar;
import initrunner.schema.yaml.YamlValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A mapping with a `type`, or its short forms: the type alone (`shell`), or the type with the rest
/// below it (`shell: {…}`).
public record Spelled<T>(Variants<T> variants) implements Type<T> {

  @Override
  public Optional<T> decode(YamlValue yaml, Decoding decoding) {
    if (yaml.kind() == YamlKind.TEXT) {
      return variants.decode(typed(yaml, yaml.node(), List.of(), yaml.path()), decoding);
    }
    if (!(yaml.node() instanceof YamlNode.Mapping mapping)) {
      return decoding.refuseKind(yaml, allowed(), "");
    }
    if (yaml.child(Variants.KEY).isPresent()) {
      return variants.decode(yaml, decoding);
    }
    List<Entry> entries = mapping.entries();
    Optional<String> type = entries.stream().flatMap(this::typeOf).findFirst();
    if (entries.size() == 1
        && entries.getFirst().key() instanceof Scalar key
        && !Variants.isLikeType(key.text())) {
      return below(key, entries.getFirst().value(), yaml, decoding);
    }
    if (type.isPresent()) {
      return decoding.fault(
          yaml,
          ("has keys beside %s, allowed is one tool for each entry; write its keys below"
                  + " %s, or type: %s and its keys beside that")
              .formatted(type.get(), type.get(), type.get()));
    }
    return variants.decode(yaml, decoding);
  }

  private Stream<String> typeOf(Entry entry) {
    return entry.key() instanceof Scalar key
        ? variants.sections().keySet().stream().filter(key.text()::equals)
        : Stream.empty();
  }

  private Optional<T> below(Scalar type, YamlNode value, YamlValue yaml, Decoding decoding) {
    String path = yaml.pathOf(type.text());
    YamlValue below = new YamlValue(type, value, path, "");
    return switch (below.kind()) {
      case EMPTY -> variants.decode(typed(yaml, type, List.of(), path), decoding);
      case MAPPING ->
          variants.decode(typed(yaml, type, ((YamlNode.Mapping) value).entries(), path), decoding);
      case TEXT, WHOLE, DECIMAL, FLAG, LIST ->
          decoding.refuseKind(below, "the tool's keys, or nothing", "");
    };
  }

  /// The same as a mapping with a `type`.
  private static YamlValue typed(YamlValue yaml, YamlNode type, List<Entry> rest, String path) {
    List<Entry> entries = new ArrayList<>();
    String word = type instanceof Scalar scalar ? scalar.text() : "";
    entries.add(new Entry(text(Variants.KEY, type), text(word, type)));
    entries.addAll(rest);
    return new YamlValue(yaml.name(), new YamlNode.Mapping(entries, type.at()), path, "");
  }

  private static Scalar text(String word, YamlNode at) {
    return new Scalar(YamlKind.TEXT, word, true, at.at());
  }

  @Override
  public String allowed() {
    return "the name of a tool, or " + variants.allowed();
  }
}

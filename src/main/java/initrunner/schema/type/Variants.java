package initrunner.schema.type;

import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import initrunner.text.Nearest;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A mapping whose key `type` says which keys the rest of it has.
///
/// @param sections by the value of `type`
public record Variants<T>(Map<String, Section<? extends T>> sections) implements Type<T> {

  public static final String KEY = "type";

  public Variants {
    sections = Collections.unmodifiableMap(new LinkedHashMap<>(sections));
  }

  @Override
  public Optional<T> decode(YamlValue yaml, Decoding decoding) {
    if (yaml.kind() != YamlKind.MAPPING) {
      String next =
          sections.containsKey(yaml.raw()) ? "write type: " + yaml.raw() : "begin with type:";
      return decoding.refuseKind(yaml, allowed(), next);
    }
    Optional<YamlValue> type = yaml.child(KEY);
    if (type.isEmpty()) {
      decoding.fault(
          yaml.name(),
          yaml.pathOf(KEY),
          "is missing, allowed is " + words() + "; " + addType(yaml));
      refuseUnknownKeys(yaml, decoding);
      return Optional.empty();
    }
    return choose(type.get(), yaml, decoding);
  }

  private Optional<T> choose(YamlValue type, YamlValue yaml, Decoding decoding) {
    Optional<Section<? extends T>> section = Optional.ofNullable(sections.get(type.raw()));
    if (section.isPresent()) {
      return section.get().decode(yaml, decoding).map(value -> value);
    }
    if (type.kind() == YamlKind.TEXT) {
      String near = Nearest.question(type.raw(), sections.keySet());
      decoding.refuse(type, "is not known", words(), near);
    } else {
      decoding.refuseKind(type, words(), "");
    }
    return Optional.empty();
  }

  /// Whether a key is nearly `type`.
  static boolean isLikeType(String key) {
    return Nearest.to(key, List.of(KEY)).isPresent();
  }

  /// The unknown keys of an entry without a type.
  private void refuseUnknownKeys(YamlValue yaml, Decoding decoding) {
    Set<String> known = new LinkedHashSet<>(List.of(KEY));
    Set<String> expected = new HashSet<>(sections.keySet());
    for (Section<? extends T> section : sections.values()) {
      section.fields().forEach(field -> known.add(field.key()));
      expected.addAll(section.refusals().keySet());
    }
    yaml.entries(decoding)
        .forEach((key, entry) -> {
          if (!known.contains(key) && !expected.contains(key)) {
            String near = Nearest.question(key, known);
            decoding.fault(entry, "is not a known key" + (near.isEmpty() ? "" : "; " + near));
          }
        });
  }

  private String addType(YamlValue yaml) {
    return sections.keySet().stream()
        .filter(name -> yaml.child(name).isPresent())
        .findFirst()
        .map(name -> "write type: " + name + " and its keys beside it")
        .orElse("add type:");
  }

  private String words() {
    return String.join(", ", sections.keySet());
  }

  @Override
  public String allowed() {
    return "a mapping with type: " + words();
  }
}

package initrunner.schema.yaml;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The keys of one mapping in file order, and after them those of merge keys (`<<`): a key of the
/// mapping itself wins over a merged one, an earlier merged one over a later.
final class Entries {

  private static final String MERGE = "<<";

  private final YamlValue mapping;
  private final Faults faults;
  private final Map<String, YamlNode.Entry> byKey = new LinkedHashMap<>();

  private Entries(YamlValue mapping, Faults faults) {
    this.mapping = mapping;
    this.faults = faults;
  }

  /// The entries of a mapping. Reports keys that are no names or stand twice.
  static Map<String, YamlNode.Entry> of(YamlNode.Mapping node, YamlValue value, Faults faults) {
    Entries entries = new Entries(value, faults);
    node.entries().forEach(entries::add);
    entries.mergeInto(node);
    return entries.byKey;
  }

  private void add(YamlNode.Entry entry) {
    YamlNode key = entry.key();
    Optional<String> name = name(key);
    if (name.isEmpty()) {
      String what = YamlKind.of(key).phrase() + " where a key is expected, allowed is a name";
      faults.fault(key, mapping.path(), what + "; write it as name: value");
      return;
    }
    if (isMerge(key)) {
      return;
    }
    Optional<YamlNode.Entry> first = Optional.ofNullable(byKey.putIfAbsent(name.get(), entry));
    first.ifPresent(before ->
        faults.fault(
            key,
            mapping.pathOf(name.get()),
            "is written twice, first on line "
                + before.key().at().line()
                + "; keep one of the two"));
  }

  private void mergeInto(YamlNode.Mapping node) {
    for (YamlNode.Entry entry : node.entries()) {
      if (isMerge(entry.key())) {
        merge(entry.key(), entry.value());
      }
    }
  }

  private void merge(YamlNode key, YamlNode value) {
    switch (value) {
      case YamlNode.Mapping merged -> of(merged, mapping, faults).forEach(byKey::putIfAbsent);
      case YamlNode.Sequence several -> several.items().forEach(one -> merge(key, one));
      case YamlNode.Scalar _ ->
          faults.fault(
              key,
              mapping.pathOf(MERGE),
              YamlKind.of(value).phrase() + ", allowed is a mapping; write <<: *name of an anchor");
    }
  }

  private static Optional<String> name(YamlNode key) {
    return key instanceof YamlNode.Scalar scalar && scalar.kind() != YamlKind.EMPTY
        ? Optional.of(scalar.text())
        : Optional.empty();
  }

  private static boolean isMerge(YamlNode key) {
    return key instanceof YamlNode.Scalar scalar && scalar.isPlain() && scalar.text().equals(MERGE);
  }
}

package initrunner.role.tools;

import initrunner.schema.type.Decoding;
import initrunner.schema.type.Variants;
import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlNode;
import initrunner.schema.yaml.YamlValue;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Checks that no two entries of `spec.tools` have functions of the same name: a model calls
/// functions by name alone, so rules for one of the two would be lost.
public final class ToolNames {

  private static final String SCRIPT = "script";

  private ToolNames() {}

  /// Each tool has one entry; only `script` may have several, with scripts of other names.
  public static void checkUnique(YamlValue tools, Decoding decoding) {
    Set<String> seen = new HashSet<>();
    for (YamlValue entry : tools.items()) {
      List<YamlValue> names = namesIn(entry);
      names.stream()
          .filter(name -> seen.contains(name.raw()))
          .forEach(name -> refuse(name, decoding));
      names.forEach(name -> seen.add(name.raw()));
    }
  }

  private static void refuse(YamlValue name, Decoding decoding) {
    boolean isTool = ToolTypes.TOOL.sections().containsKey(name.raw());
    decoding.refuse(
        name,
        "is not unique",
        isTool ? "one entry for each tool" : "a name of its own",
        isTool ? "put what both say into one" : "call it something else");
  }

  private static List<YamlValue> namesIn(YamlValue entry) {
    Optional<YamlValue> type = entry.child(Variants.KEY);
    if (type.isPresent()) {
      return names(type.get(), entry);
    }
    if (entry.node() instanceof YamlNode.Mapping mapping && mapping.entries().size() == 1) {
      YamlNode.Entry only = mapping.entries().getFirst();
      String path = entry.path();
      return names(
          new YamlValue(only.key(), only.key(), path, ""),
          new YamlValue(only.key(), only.value(), path, ""));
    }
    return names(entry, entry);
  }

  /// The tool's own name, or those of its scripts.
  private static List<YamlValue> names(YamlValue type, YamlValue fields) {
    Stream<YamlValue> names =
        type.raw().equals(SCRIPT)
            ? fields.child(ScriptSettings.SCRIPTS.key()).stream()
                .flatMap(scripts -> scripts.items().stream())
                .flatMap(script -> script.child(ScriptSettings.SCRIPT_NAME.key()).stream())
            : Stream.of(type).filter(each -> ToolTypes.TOOL.sections().containsKey(each.raw()));
    return names.filter(name -> name.kind() == YamlKind.TEXT).toList();
  }
}

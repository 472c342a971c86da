package initrunner.role.tools;

import initrunner.schema.type.Decoding;
import initrunner.schema.type.Variants;
import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlNode;
import initrunner.schema.yaml.YamlValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Checks that no two entries of `spec.tools` have functions of the same name in one sandbox: a
/// model calls functions by name and sandbox alone, so rules for one of the two would be lost.
public final class ToolNames {

  private static final String SCRIPT = "script";

  private ToolNames() {}

  /// Each tool has one entry for each sandbox; only `script` may have several, with scripts of
  /// other names.
  ///
  /// @param byDefault the sandbox of tools that name none; empty in a role with one
  public static void checkUnique(YamlValue tools, String byDefault, Decoding decoding) {
    Map<InSandbox, YamlValue> seen = new HashMap<>();
    for (YamlValue entry : tools.items()) {
      List<String> sandboxes = sandboxes(entry, byDefault);
      Map<InSandbox, YamlValue> own = new HashMap<>();
      for (YamlValue name : namesIn(entry)) {
        List<InSandbox> each =
            sandboxes.stream().map(sandbox -> new InSandbox(name.raw(), sandbox)).toList();
        each.stream()
            .filter(seen::containsKey)
            .findFirst()
            .ifPresent(twice -> refuse(name, twice.sandbox(), line(seen.get(twice)), decoding));
        each.forEach(one -> own.put(one, name));
      }
      own.forEach(seen::putIfAbsent);
    }
  }

  private static int line(@Nullable YamlValue name) {
    return Objects.requireNonNull(name).node().at().line();
  }

  private record InSandbox(String function, String sandbox) {}

  private static List<String> sandboxes(YamlValue entry, String byDefault) {
    List<String> named =
        Stream.concat(
                entry.child(ToolGrant.SANDBOX.key()).stream(),
                entry.child(ToolGrant.SANDBOXES.key()).stream()
                    .flatMap(several -> several.items().stream()))
            .map(YamlValue::raw)
            .toList();
    return named.isEmpty() ? List.of(byDefault) : named;
  }

  /// @param sandbox in which there are two; empty in a role with one
  private static void refuse(YamlValue name, String sandbox, int line, Decoding decoding) {
    boolean isTool = ToolTypes.TOOL.sections().containsKey(name.raw());
    decoding.refuse(
        name,
        "is not unique"
            + (sandbox.isEmpty() ? "" : " in sandbox " + sandbox)
            + ": line "
            + line
            + " has the same",
        isTool
            ? "one entry for each tool" + (sandbox.isEmpty() ? "" : " in a sandbox")
            : "a name of its own",
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

package initrunner.role.tools;

import initrunner.role.tools.ScriptSettings.Parameter;
import initrunner.schema.type.Section;
import initrunner.schema.type.Values;
import initrunner.schema.type.Variants;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The entries of `spec.tools`, by their `type`.
public final class ToolTypes {

  /// An entry, by its type.
  public static final Variants<ToolGrant> TOOL = new Variants<>(grants());

  private ToolTypes() {}

  private static Map<String, Section<? extends ToolGrant>> grants() {
    Map<String, Section<? extends ToolGrant>> grants = new LinkedHashMap<>();
    grants.put(
        "shell",
        ToolGrant.confirmable(
            "shell", ShellSettings.SECTION, RuleArguments.of(ShellSettings.PARAMETERS)));
    grants.put(
        "python",
        ToolGrant.confirmable(
            "python", PythonSettings.SECTION, RuleArguments.of(PythonSettings.PARAMETERS)));
    grants.put(
        "script",
        ToolGrant.section(
            "script",
            ScriptSettings.SECTION,
            new RuleArguments(ToolTypes::parametersOfScripts, List.of())));
    grants.put(
        "filesystem",
        ToolGrant.section(
            "filesystem",
            FilesystemSettings.SECTION,
            RuleArguments.of(FilesystemSettings.PARAMETERS)));
    grants.put(
        "git",
        ToolGrant.section(
            "git",
            GitSettings.SECTION,
            new RuleArguments(_ -> Optional.of(GitSettings.PARAMETERS), GitSettings.OTHER_NAMES)));
    grants.put(
        "datetime",
        ToolGrant.section(
            "datetime", DateTimeSettings.SECTION, RuleArguments.of(DateTimeSettings.PARAMETERS)));
    grants.put(
        "think",
        ToolGrant.section(
            "think", ThinkSettings.SECTION, RuleArguments.of(ThinkSettings.PARAMETERS)));
    return grants;
  }

  private static Optional<List<String>> parametersOfScripts(Values values) {
    return values
        .find(ScriptSettings.SCRIPTS)
        .map(scripts ->
            scripts.stream()
                .flatMap(script -> script.parameters().stream())
                .map(Parameter::name)
                .distinct()
                .toList());
  }
}

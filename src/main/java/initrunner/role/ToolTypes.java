package initrunner.role;

import initrunner.role.ScriptSettings.Parameter;
import initrunner.schema.type.Section;
import initrunner.schema.type.Values;
import initrunner.schema.type.Variants;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The entries of `spec.tools`, by their `type`.
final class ToolTypes {

  static final Variants<ToolGrant> TOOL = new Variants<>(grants());

  private ToolTypes() {}

  private static Map<String, Section<? extends ToolGrant>> grants() {
    Map<String, Section<? extends ToolGrant>> grants = new LinkedHashMap<>();
    grants.put("shell", GrantFields.of(ToolFields.SHELL, always(ShellSettings.PARAMETERS)));
    grants.put("python", GrantFields.of(PythonFields.SECTION, always(PythonSettings.PARAMETERS)));
    grants.put("script", GrantFields.of(ScriptFields.SECTION, ToolTypes::ofScripts));
    grants.put(
        "filesystem",
        GrantFields.of(FilesystemFields.SECTION, always(FilesystemSettings.PARAMETERS)));
    grants.put(
        "git",
        GrantFields.of(
            GitFields.SECTION,
            new RuleArguments(always(GitSettings.PARAMETERS), GitSettings.OTHER_NAMES)));
    grants.put(
        "datetime", GrantFields.of(ThoughtFields.DATETIME, always(DateTimeSettings.PARAMETERS)));
    grants.put("think", GrantFields.of(ThoughtFields.THINK, always(ThinkSettings.PARAMETERS)));
    return grants;
  }

  private static Function<Values, Optional<List<String>>> always(List<String> parameters) {
    return _ -> Optional.of(parameters);
  }

  private static Optional<List<String>> ofScripts(Values values) {
    return values
        .find(ScriptFields.SCRIPTS)
        .map(scripts ->
            scripts.stream()
                .flatMap(script -> script.parameters().stream())
                .map(Parameter::name)
                .distinct()
                .toList());
  }
}

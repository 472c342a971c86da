package initrunner.role.tools;

import initrunner.role.tools.ScriptSettings.Parameter;
import initrunner.schema.type.Section;
import initrunner.schema.type.Values;
import initrunner.schema.type.Variants;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The entries of `spec.tools`, by their `type`.
public final class ToolTypes {

  /// An entry, by its type.
  public static final Variants<ToolGrant> TOOL = new Variants<>(grants());

  /// The functions of all tools but `script`, whose functions the role names.
  private static final List<String> FUNCTIONS =
      Stream.of(
              ShellSettings.FUNCTIONS,
              List.of("run_on"),
              JobsSettings.FUNCTIONS,
              TerminalSettings.FUNCTIONS,
              PythonSettings.FUNCTIONS,
              FilesystemSettings.FUNCTIONS,
              TransferSettings.FUNCTIONS,
              PortsSettings.FUNCTIONS,
              GitSettings.FUNCTIONS,
              DateTimeSettings.FUNCTIONS,
              ThinkSettings.FUNCTIONS)
          .flatMap(List::stream)
          .toList();

  private ToolTypes() {}

  static boolean isFunction(String name) {
    return FUNCTIONS.contains(name);
  }

  private static Map<String, Section<? extends ToolGrant>> grants() {
    Map<String, Section<? extends ToolGrant>> grants = new LinkedHashMap<>();
    RuleArguments ofGit =
        new RuleArguments(_ -> Optional.of(GitSettings.PARAMETERS), GitSettings.OTHER_NAMES);
    RuleArguments ofScripts = new RuleArguments(ToolTypes::parametersOfScripts, List.of());
    Stream.of(
            ToolGrant.confirmable("shell", ShellSettings.SECTION, ShellSettings.PARAMETERS),
            ToolGrant.confirmable("jobs", JobsSettings.SECTION, JobsSettings.PARAMETERS),
            ToolGrant.careful("terminal", TerminalSettings.SECTION, TerminalSettings.PARAMETERS),
            ToolGrant.confirmable("python", PythonSettings.SECTION, PythonSettings.PARAMETERS),
            ToolGrant.section("script", ScriptSettings.SECTION, ofScripts),
            ToolGrant.section(
                "filesystem",
                FilesystemSettings.SECTION,
                RuleArguments.of(FilesystemSettings.PARAMETERS)),
            ToolGrant.section(
                "transfer",
                TransferSettings.SECTION,
                RuleArguments.of(TransferSettings.PARAMETERS)),
            ToolGrant.section(
                "ports", PortsSettings.SECTION, RuleArguments.of(PortsSettings.PARAMETERS)),
            ToolGrant.section("git", GitSettings.SECTION, ofGit),
            ToolGrant.section(
                "datetime",
                DateTimeSettings.SECTION,
                RuleArguments.of(DateTimeSettings.PARAMETERS)),
            ToolGrant.section(
                "think", ThinkSettings.SECTION, RuleArguments.of(ThinkSettings.PARAMETERS)))
        .forEach(grant -> grants.put(grant.fields().getFirst().example(), grant));
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

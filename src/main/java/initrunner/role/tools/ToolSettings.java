package initrunner.role.tools;

import java.util.Optional;

/// One entry of `spec.tools`.
public sealed interface ToolSettings
    permits ShellSettings,
        JobsSettings,
        TerminalSettings,
        PythonSettings,
        ScriptSettings,
        FilesystemSettings,
        TransferSettings,
        PortsSettings,
        GitSettings,
        DateTimeSettings,
        ThinkSettings {

  /// What the tool may do, in plain language.
  String summary();

  /// The directory that the role gives to this tool; empty where its calls start in the role's.
  default Optional<String> directory() {
    return Optional.empty();
  }
}

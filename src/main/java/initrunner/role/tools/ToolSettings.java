package initrunner.role.tools;

import java.util.Optional;

/// One entry of `spec.tools`.
public sealed interface ToolSettings
    permits ShellSettings,
        PythonSettings,
        ScriptSettings,
        FilesystemSettings,
        GitSettings,
        DateTimeSettings,
        ThinkSettings {

  /// The directory that the role gives to this tool; empty if its calls start in the role's own.
  default Optional<String> directory() {
    return switch (this) {
      case ShellSettings shell -> shell.workingDir();
      case PythonSettings python -> python.workingDir();
      case ScriptSettings scripts -> scripts.workingDir();
      case FilesystemSettings files -> Optional.of(files.rootPath());
      case GitSettings git -> Optional.of(git.repoPath());
      case DateTimeSettings _, ThinkSettings _ -> Optional.empty();
    };
  }
}

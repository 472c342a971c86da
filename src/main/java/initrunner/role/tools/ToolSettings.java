package initrunner.role.tools;

/// One entry of `spec.tools`.
public sealed interface ToolSettings
    permits ShellSettings,
        PythonSettings,
        ScriptSettings,
        FilesystemSettings,
        GitSettings,
        DateTimeSettings,
        ThinkSettings {}

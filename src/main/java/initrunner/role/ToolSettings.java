package initrunner.role;

/// One entry of `spec.tools`.
public sealed interface ToolSettings permits ShellSettings {}

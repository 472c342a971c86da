package initrunner.door.hook;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The tools of Claude Code by what they reach. Stateless. Source: its tools reference and its
/// hooks reference, of 2.1.2xx, and the names that earlier releases had.
final class LocalTool {

  /// The tool by which the model runs a command.
  static final String BASH = "Bash";

  /// Tools that act on this machine, and InitRunner's tools for the same on the host.
  private static final Map<String, String> INSTEAD =
      Map.ofEntries(
          Map.entry(BASH, "run_shell"),
          Map.entry("PowerShell", "run_shell"),
          Map.entry("Monitor", "run_shell"),
          Map.entry("REPL", "run_shell"),
          Map.entry("Read", "read_file"),
          Map.entry("NotebookRead", "read_file"),
          Map.entry("LSP", "search_files"),
          Map.entry("Grep", "search_files"),
          Map.entry("Glob", "list_directory"),
          Map.entry("LS", "list_directory"),
          Map.entry("Write", "write_file"),
          Map.entry("Edit", "edit_file"),
          Map.entry("MultiEdit", "edit_file"),
          Map.entry("NotebookEdit", "edit_file"));

  /// Tools that reach no file and start no program of this machine: the model's own notes, its
  /// other conversations, whose calls come here too, and the web.
  private static final Set<String> ELSEWHERE =
      Set.of(
          "Agent",
          "Task",
          "AskUserQuestion",
          "BashOutput",
          "CronCreate",
          "CronDelete",
          "CronList",
          "EndConversation",
          "EnterPlanMode",
          "ExitPlanMode",
          "KillBash",
          "KillShell",
          "ListAgents",
          "ListMcpResourcesTool",
          "PushNotification",
          "ReportFindings",
          "ScheduleWakeup",
          "StructuredOutput",
          "TaskCreate",
          "TaskGet",
          "TaskList",
          "TaskOutput",
          "TaskStop",
          "TaskUpdate",
          "TodoRead",
          "TodoWrite",
          "ToolSearch",
          "WaitForMcpServers",
          "WebFetch",
          "WebSearch");

  private LocalTool() {}

  /// InitRunner's tool for the same work on the host; empty for a tool that has none.
  static Optional<String> instead(String tool) {
    return Optional.ofNullable(INSTEAD.get(tool));
  }

  static boolean isElsewhere(String tool) {
    return ELSEWHERE.contains(tool);
  }

  /// The names of those that act on this machine and that Claude Code has today, in the order of
  /// their use.
  static List<String> today() {
    return List.of(
        BASH,
        "PowerShell",
        "Monitor",
        "Read",
        "Edit",
        "Write",
        "NotebookEdit",
        "Grep",
        "Glob",
        "LSP");
  }
}

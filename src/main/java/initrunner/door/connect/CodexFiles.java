package initrunner.door.connect;

import initrunner.door.jsonrpc.Json;
import java.nio.file.Path;
import java.util.List;

/// Codex's files. Source: its pages on configuration, and `environment_toml.rs` of 0.169.0.
final class CodexFiles {

  /// A person may take longer to approve a call than Codex's own 60 seconds.
  private static final int TOOL_SECONDS = 600;

  private CodexFiles() {}

  static List<ClientFile> of(Served served, FileLocations locations, Local local) {
    Path user = locations.directory("CODEX_HOME", ".codex");
    return switch (local) {
      case AS_BEFORE ->
          List.of(
              new ClientFile(
                  locations.file(".codex/config.toml", user.resolve("config.toml")),
                  List.of(
                      new Entry.TomlTable(
                          List.of("mcp_servers", served.name()),
                          served.command(served.mcp()).with("tool_timeout_sec", TOOL_SECONDS)))));
      case OFF -> {
        if (locations.project().isPresent()) {
          throw new IllegalArgumentException(
              "Codex has environments for all projects only; give --only-host without --project");
        }
        yield List.of(new ClientFile(user.resolve("environments.toml"), environment(served)));
      }
      case BASH_ON_HOST ->
          throw new IllegalArgumentException(
              "--bash-on-host is for claude-code; --only-host is for all tools of Codex");
    };
  }

  private static List<Entry> environment(Served served) {
    return List.of(
        new Entry.TomlRoot("default", new Json.Text(served.name())),
        new Entry.TomlRoot("include_local", new Json.Bool(false)),
        new Entry.TomlElement(
            "environments",
            "id",
            Json.Obj.EMPTY
                .with("id", served.name())
                .with("program", served.program().toString())
                .with("args", Json.Arr.of(served.arguments("exec-server")))));
  }

  static List<String> notes(Served served, Local local) {
    String where = served.place().words();
    return local == Local.OFF
        ? List.of(
            "Codex's own shell, patch and file tools act " + where + ", and no other command of",
            "its model runs. Its MCP servers and its hooks are programs of this machine. Codex's own",
            "sandbox is not there, so InitRunner runs no command under it. Start Codex without it, and",
            "let it ask: codex --sandbox danger-full-access --ask-for-approval untrusted")
        : List.of(
            "Codex's own shell and patch tools still act on this machine.",
            "--only-host gives Codex one environment only: its own tools act " + where + ".");
  }
}

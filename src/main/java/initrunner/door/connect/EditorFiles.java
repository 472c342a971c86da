package initrunner.door.connect;

import initrunner.door.jsonrpc.Json;
import java.nio.file.Path;
import java.util.List;

/// The files of Cursor and VS Code, whose own tools no file switches off. Source: their pages on
/// MCP, on permissions (Cursor) and on custom agents (VS Code).
final class EditorFiles {

  private EditorFiles() {}

  static List<ClientFile> cursor(Served served, FileLocations locations, Local local) {
    requireAsBefore(local, "Cursor");
    Path user = locations.home().resolve(".cursor/mcp.json");
    return List.of(
        new ClientFile(
            locations.file(".cursor/mcp.json", user),
            List.of(
                new Entry.JsonMember(
                    List.of("mcpServers", served.name()), served.command(served.mcp())))));
  }

  static List<ClientFile> vscode(Served served, FileLocations locations, Local local) {
    requireAsBefore(local, "VS Code");
    Path settings =
        locations.isMac()
            ? locations.home().resolve("Library/Application Support")
            : locations.directory("XDG_CONFIG_HOME", ".config");
    Json.Obj server =
        Json.Obj.EMPTY
            .with("type", "stdio")
            .with("command", served.program().toString())
            .with("args", Json.Arr.of(served.mcp()));
    return List.of(
        new ClientFile(
            locations.file(".vscode/mcp.json", settings.resolve("Code/User/mcp.json")),
            List.of(new Entry.JsonMember(List.of("servers", served.name()), server))));
  }

  private static void requireAsBefore(Local local, String editor) {
    if (local != Local.AS_BEFORE) {
      throw new IllegalArgumentException(
          editor
              + " has no setting that switches its own tools off; without the option, connect"
              + " says what you can do");
    }
  }

  static List<String> cursorNotes(Served served) {
    return List.of(
        "Cursor's own tools (terminal, files, search) still act on this machine, and no setting of the",
        "editor switches them off. Its command line can refuse them: in .cursor/cli.json,",
        "  {\"permissions\": {\"allow\": [\"Mcp("
            + served.name()
            + ":*)\"],"
            + " \"deny\": [\"Shell(*)\", \"Read(**)\", \"Write(**)\"]}}");
  }

  static List<String> vscodeNotes(Served served) {
    return List.of(
        "VS Code's own tools (terminal, files, search) still act on this machine. An agent without them",
        "is a file, .github/agents/" + served.name() + ".agent.md in a project:",
        "  ---",
        "  description: Works " + served.place().words() + ".",
        "  tools: ['" + served.name() + "/*']",
        "  ---",
        "Choose that agent in the chat.");
  }
}

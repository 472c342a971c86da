package initrunner.door.connect;

import initrunner.door.jsonrpc.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Gemini CLI's files. Source: its pages on configuration and on enterprise settings.
final class GeminiFiles {

  /// The built-in tools that reach no file and start no program of this machine.
  private static final List<String> ELSEWHERE = List.of("google_web_search", "web_fetch");

  private GeminiFiles() {}

  static List<ClientFile> of(Served served, FileLocations locations, Local local) {
    Path user = locations.home().resolve(".gemini/settings.json");
    Entry server =
        new Entry.JsonMember(List.of("mcpServers", served.name()), served.command(served.mcp()));
    List<Entry> entries =
        switch (local) {
          case AS_BEFORE -> List.of(server);
          case OFF -> List.of(server, new Entry.JsonMember(List.of("tools", "core"), left(served)));
          case BASH_ON_HOST ->
              throw new IllegalArgumentException("--bash-on-host is for claude-code");
        };
    return List.of(new ClientFile(locations.file(".gemini/settings.json", user), entries));
  }

  /// The list is one of all tools, those of servers included. Tried with 0.61.0.
  private static Json left(Served served) {
    List<String> left = new ArrayList<>(ELSEWHERE);
    left.add("mcp_" + served.name() + "_*");
    return Json.Arr.of(left);
  }

  static List<String> notes(Served served, Local local) {
    String web = String.join(" and ", ELSEWHERE);
    return local == Local.OFF
        ? List.of(
            "Gemini has only " + web + " and the tools of " + served.name() + " now: tools.core",
            "lists them, so add mcp_NAME_* there for another server. Files that you name with @ and",
            "commands that you write behind ! are still this machine's.")
        : List.of(
            "Gemini's own tools (run_shell_command, read_file, write_file, ...) still act on this machine.",
            "--only-host leaves only " + web + " of them.");
  }
}

package initrunner.door.connect;

import initrunner.door.jsonrpc.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Zed's settings. Source: its pages on MCP, on external agents and on agent profiles.
final class ZedFiles {

  /// What the name of each of connect's profiles ends with.
  static final String PROFILE_MARK = " (no tools of Zed)";

  private ZedFiles() {}

  static List<ClientFile> of(Served served, FileLocations locations, Local local) {
    Path user = locations.home().resolve(".config/zed/settings.json");
    Path settings =
        locations.isMac()
            ? user
            : locations.directory("XDG_CONFIG_HOME", ".config").resolve("zed/settings.json");
    List<Entry> entries = new ArrayList<>();
    Json.Obj nothing = Json.Obj.EMPTY;
    entries.add(
        new Entry.JsonMember(
            List.of("context_servers", served.name()),
            nothing
                .with("source", "custom")
                .with("command", served.program().toString())
                .with("args", Json.Arr.of(served.mcp()))
                .with("env", nothing)));
    if (served.host().isEmpty() && locations.project().isEmpty()) {
      entries.add(
          new Entry.JsonMember(
              List.of("agent_servers", served.name()),
              nothing
                  .with("type", "custom")
                  .with("command", served.program().toString())
                  .with("args", Json.Arr.of(served.arguments("acp")))
                  .with("env", nothing)));
    }
    switch (local) {
      case AS_BEFORE -> {}
      case OFF -> entries.add(profile(served, locations));
      case BASH_ON_HOST -> throw new IllegalArgumentException("--bash-on-host is for claude-code");
    }
    return List.of(new ClientFile(locations.file(".zed/settings.json", settings), entries));
  }

  /// A profile has only the tools that it names: the ones that the server has.
  private static Entry profile(Served served, FileLocations locations) {
    if (locations.project().isPresent()) {
      throw new IllegalArgumentException(
          "Zed has profiles in the user's settings only; give --only-host without --project");
    }
    Json.Obj tools = Json.Obj.EMPTY;
    for (String tool : served.toolNames()) {
      tools = tools.with(tool, true);
    }
    Json.Obj servers = Json.Obj.EMPTY.with(served.name(), Json.Obj.EMPTY.with("tools", tools));
    return new Entry.JsonMember(
        List.of("agent", "profiles", served.name()),
        Json.Obj.EMPTY
            .with("name", served.name() + PROFILE_MARK)
            .with("tools", Json.Obj.EMPTY)
            .with("enable_all_context_servers", false)
            .with("context_servers", servers));
  }

  static List<String> notes(Served served, Local local) {
    List<String> notes = new ArrayList<>();
    if (local == Local.OFF) {
      notes.add(
          "Choose the profile \""
              + served.name()
              + PROFILE_MARK
              + "\" in the agent panel: it has none of");
      notes.add("Zed's own tools. The other profiles still act on this machine.");
    } else {
      notes.add("Zed's own tools (terminal, read_file, edit_file, ...) still act on this machine.");
      notes.add("--only-host adds a profile without them.");
    }
    if (served.role().isPresent()) {
      notes.add(
          "As an external agent, "
              + served.name()
              + " is InitRunner's own: its tools act where the role says.");
    }
    return notes;
  }
}

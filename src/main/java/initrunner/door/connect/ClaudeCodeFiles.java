package initrunner.door.connect;

import initrunner.door.hook.ClaudeCodeHook;
import initrunner.door.jsonrpc.Json;
import initrunner.text.ShellWord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Claude Code's files. Source: its pages on MCP, settings and hooks, of 2.1.
final class ClaudeCodeFiles {

  private static final int HOOK_SECONDS = 60;
  private static final String BASH = "Bash";

  private ClaudeCodeFiles() {}

  static List<ClientFile> of(Served served, FileLocations locations, Local local) {
    Path user = locations.directory("CLAUDE_CONFIG_DIR", "");
    Json.Obj server =
        Json.Obj.EMPTY.with("type", "stdio").with("command", served.program().toString());
    Entry entry =
        new Entry.JsonMember(
            List.of("mcpServers", served.name()), server.with("args", Json.Arr.of(served.mcp())));
    ClientFile servers =
        new ClientFile(locations.file(".mcp.json", user.resolve(".claude.json")), List.of(entry));
    return local == Local.AS_BEFORE
        ? List.of(servers)
        : List.of(servers, new ClientFile(settings(locations), switches(served, local)));
  }

  private static Entry denied(String tool) {
    return new Entry.JsonElement(List.of("permissions", "deny"), new Json.Text(tool), "");
  }

  private static Path settings(FileLocations locations) {
    return locations.file(
        ".claude/settings.json",
        locations.directory("CLAUDE_CONFIG_DIR", ".claude").resolve("settings.json"));
  }

  /// The hook denies what is not known to be harmless. The rules take the local tools away from the
  /// model, and hold also where a hook does not run.
  private static List<Entry> switches(Served served, Local local) {
    List<Entry> entries = new ArrayList<>();
    Json.Obj hook =
        Json.Obj.EMPTY
            .with("type", "command")
            .with("command", command(served, local))
            .with("timeout", HOOK_SECONDS)
            .with("onFailure", "block");
    entries.add(
        new Entry.JsonElement(
            List.of("hooks", ClaudeCodeHook.EVENT),
            Json.Obj.EMPTY.with("matcher", "*").with("hooks", new Json.Arr(List.of(hook))),
            mark(served)));
    ClaudeCodeHook.localTools().stream()
        .filter(tool -> local != Local.BASH_ON_HOST || !tool.equals(BASH))
        .map(ClaudeCodeFiles::denied)
        .forEach(entries::add);
    return entries;
  }

  private static String mark(Served served) {
    return " hook claude-code --server " + served.name() + " ";
  }

  /// Status 2 is the only one with which Claude Code makes no call; a shell that does not find the
  /// program has another one.
  private static String command(Served served, Local local) {
    Stream<String> host =
        local == Local.BASH_ON_HOST
            ? served.arguments("--bash-on-host").stream().map(ShellWord::quote)
            : Stream.empty();
    return ShellWord.quote(served.program().toString())
        + mark(served)
        + host.map(word -> word + " ").collect(Collectors.joining())
        + "|| exit 2";
  }

  static List<String> notes(Served served, FileLocations locations, Local local) {
    List<String> notes = new ArrayList<>();
    if (locations.project().isPresent()) {
      notes.add(
          "Claude Code asks once whether you trust .mcp.json. The paths in it are this machine's.");
    } else {
      notes.add("End running sessions of Claude Code first: they write the same file.");
    }
    if (served.place() == Place.THIS_MACHINE) {
      return notes;
    }
    switch (local) {
      case AS_BEFORE -> {
        notes.add(
            "Claude Code's own tools (Bash, Read, Edit, Write, Grep, Glob, ...) still act on this machine.");
        notes.add("--only-host switches them off: a hook that denies them, and permissions.deny.");
        notes.add(
            "--bash-on-host does the same, but runs the commands of Bash "
                + served.place().words()
                + ".");
      }
      case OFF, BASH_ON_HOST -> {
        notes.add(
            "Still of this machine: files that you name with @ or run with !, WebFetch, and the");
        notes.add(
            "programs of your other hooks, skills, plugins and MCP servers. Claude Code before");
        notes.add(
            "2.1.295 makes a call if the hook is killed or takes longer than "
                + HOOK_SECONDS
                + " s.");
      }
    }
    return notes;
  }
}

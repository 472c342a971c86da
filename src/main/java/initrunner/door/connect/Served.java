package initrunner.door.connect;

import initrunner.door.jsonrpc.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a client is to use: this program, and what it serves. Immutable.
///
/// @param name of the server in the client
/// @param program the absolute path of the start script
/// @param role the absolute path of the role; empty for a host without one
/// @param host empty for a role
/// @param directory where commands on the host start
/// @param tools types of tools, for a host
/// @param place where its tools act
/// @param toolNames the tools that it serves, as a client sees them; none if no line needs them
public record Served(
    String name,
    Path program,
    Optional<Path> role,
    Optional<String> host,
    Optional<String> directory,
    List<String> tools,
    Place place,
    List<String> toolNames) {

  public Served {
    tools = List.copyOf(tools);
    toolNames = List.copyOf(toolNames);
  }

  /// A server of the same name that may be for a role: its entries are all that this name can have.
  Served ofAnyRole() {
    return new Served(
        name, program, role, Optional.empty(), Optional.empty(), List.of(), place, toolNames);
  }

  /// The arguments of `initrunner mcp`.
  List<String> mcp() {
    List<String> arguments = arguments("mcp");
    if (!tools.isEmpty()) {
      arguments.addAll(List.of("--tools", String.join(",", tools)));
    }
    return arguments;
  }

  /// A subcommand and the role or the host that it is for.
  List<String> arguments(String... command) {
    List<String> arguments = new ArrayList<>(List.of(command));
    role.ifPresent(file -> arguments.add(file.toString()));
    host.ifPresent(each -> arguments.addAll(List.of("--host", each)));
    directory.ifPresent(each -> arguments.addAll(List.of("--cwd", each)));
    return arguments;
  }

  /// The `command` and `args` of most clients.
  Json.Obj command(List<String> arguments) {
    return Json.Obj.EMPTY.with("command", program.toString()).with("args", Json.Arr.of(arguments));
  }
}

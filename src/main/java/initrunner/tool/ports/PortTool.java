package initrunner.tool.ports;

import initrunner.exec.transport.PortAddress;
import initrunner.tool.Arguments;
import initrunner.tool.CallBounds;
import initrunner.tool.Plan;
import initrunner.tool.Tool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/// Looks at ports of the host: fetches pages for the model, and opens ports to the person.
/// Immutable.
public final class PortTool implements Tool {

  private static final int MOST_PATH_CHARACTERS = 4096;

  /// The functions that a role gives the model.
  public enum Function {
    OPEN("open_port"),
    READ("read_port"),
    CLOSE("close_port");

    private final String called;

    Function(String called) {
      this.called = called;
    }
  }

  private final Function function;
  private final Allowed allowed;
  private final CallBounds bounds;

  /// What a role lets be looked at.
  ///
  /// @param shownPorts for the model
  /// @param hosts besides the host itself
  public record Allowed(IntPredicate ports, String shownPorts, List<String> hosts) {}

  public PortTool(Function function, Allowed allowed, CallBounds bounds) {
    this.function = function;
    this.allowed = allowed;
    this.bounds = bounds;
  }

  @Override
  public String name() {
    return function.called;
  }

  @Override
  public String type() {
    return "ports";
  }

  @Override
  public String description() {
    return switch (function) {
      case OPEN ->
          "Lets the person look at a server of the host in a browser: returns the address on the"
              + " person's machine, which you tell the person. It holds until this conversation"
              + " ends. read_port needs no open port.";
      case READ ->
          "Fetches a page from a server of the host with GET, and returns its status and its text as"
              + " the server sent it. Redirects are not followed.";
      case CLOSE -> "Ends what open_port began.";
    };
  }

  @Override
  public List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    all.add(
        new Parameter("port", Parameter.Kind.INTEGER, "The port that the server listens on", true));
    if (function == Function.READ) {
      all.add(
          Parameter.optional(
              "path", "What to fetch, with the query, as /api/items?n=3 (default /)"));
    }
    if (!allowed.hosts().isEmpty()) {
      all.add(
          Parameter.optional(
              "host",
              "The machine of the port: "
                  + String.join(", ", allowed.hosts())
                  + "; without it, the host itself"));
    }
    return all;
  }

  @Override
  public boolean runsCommands() {
    return false;
  }

  @Override
  public boolean isReadOnly() {
    return switch (function) {
      case OPEN, CLOSE -> false;
      case READ -> true;
    };
  }

  @Override
  public int mostCharacters(String parameter) {
    return MOST_PATH_CHARACTERS;
  }

  @Override
  public Plan plan(Map<String, Object> arguments) {
    long port = arguments.get("port") instanceof Number number ? number.longValue() : 0;
    if (port < 1 || port > PortAddress.HIGHEST || !allowed.ports().test((int) port)) {
      return refused(
          "port " + port + " is not one of those that the role allows: " + allowed.shownPorts());
    }
    String host = new Arguments(arguments).text("host").orElse(PortAddress.LOOPBACK);
    if (!host.equals(PortAddress.LOOPBACK) && !allowed.hosts().contains(host)) {
      return refused(
          "the role allows no ports of '"
              + host
              + "', only of "
              + String.join(", ", allowed.hosts())
              + " and, without host, of the host itself");
    }
    PortAddress at = new PortAddress(host, (int) port);
    return switch (function) {
      case OPEN -> new Plan.PortOpened(at, bounds.limits());
      case CLOSE -> new Plan.PortClosed(at, bounds.limits());
      case READ -> read(at, new Arguments(arguments).text("path").orElse("/"));
    };
  }

  private Plan read(PortAddress at, String path) {
    if (!path.startsWith("/")) {
      return refused("path is '" + path + "'; it begins with /, and names no machine");
    }
    if (path.chars().anyMatch(c -> c <= ' ' || c == 0x7F)) {
      return refused("path holds a blank or a control character; write a blank as %20");
    }
    return new Plan.PageRead(
        at, new PagePath(path).sent(), bounds.limits(), bounds.maxOutputBytes());
  }

  private static Plan refused(String reason) {
    return new Plan.Refused("", "Error: " + reason + ".");
  }

  /// A path can be written in many ways, which a server reads as one.
  @Override
  public List<Map<String, Object>> otherWaysOfWriting(Map<String, Object> arguments) {
    return new Arguments(arguments)
        .text("path").map(PagePath::new).stream()
            .flatMap(path -> Stream.of(path.plain(), path.plainWithoutQuery()))
            .map(path -> with(arguments, path))
            .toList();
  }

  @Override
  public List<Map<String, Object>> plainWaysOfWriting(Map<String, Object> arguments) {
    return new Arguments(arguments)
        .text("path").map(path -> with(arguments, new PagePath(path).plain())).stream().toList();
  }

  private static Map<String, Object> with(Map<String, Object> arguments, String path) {
    Map<String, Object> other = new LinkedHashMap<>(arguments);
    other.put("path", path);
    return other;
  }
}

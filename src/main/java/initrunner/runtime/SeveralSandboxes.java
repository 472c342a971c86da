package initrunner.runtime;

import initrunner.exec.RemedyException;
import initrunner.text.Nearest;
import initrunner.tool.CallEnd;
import initrunner.tool.PlacedTool;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/// The sandboxes of one role, each at work with the tools that it has there. A call goes to the one
/// that it names, to the only one that has the tool, or to the default. Immutable; each has its own
/// connection, made at its first call.
///
/// @param all the default first
record SeveralSandboxes(SequencedMap<String, RoleRuntime> all) {

  /// Where a call goes.
  private sealed interface Way {

    record To(String sandbox, RoleRuntime runtime, ToolCall call) implements Way {}

    record Nowhere(String reason) implements Way {}
  }

  RoleRuntime byDefault() {
    return all.firstEntry().getValue();
  }

  SeveralSandboxes each(UnaryOperator<RoleRuntime> change) {
    SequencedMap<String, RoleRuntime> changed = new LinkedHashMap<>();
    all.forEach((name, runtime) -> changed.put(name, change.apply(runtime)));
    return new SeveralSandboxes(changed);
  }

  /// The same with a beginning before the commands of the default one.
  SeveralSandboxes afterInDefault(Runnable first) {
    SequencedMap<String, RoleRuntime> changed = new LinkedHashMap<>(all);
    changed.put(all.firstEntry().getKey(), byDefault().after(first));
    return new SeveralSandboxes(changed);
  }

  /// Connects those whose login may ask a person, while the terminal is free. The calls to one that
  /// cannot be reached say why.
  void preflight() {
    for (RoleRuntime each : all.values()) {
      if (each.asksAtLogin()) {
        try {
          each.preflight();
        } catch (RemedyException unreachable) {
          System.getLogger(RoleRuntime.class.getName())
              .log(Level.WARNING, "{0}: {1}", each.place(), unreachable.getMessage());
        }
      }
    }
  }

  boolean isAskedAbout(Tool tool) {
    return having(tool.name()).stream()
        .anyMatch(name -> {
          RoleRuntime one = all.get(name);
          return one != null && one.isAskedAbout(tool);
        });
  }

  /// The tools of all; one that is in several has an argument for the sandbox.
  List<Tool> tools() {
    SequencedMap<String, Tool> tools = new LinkedHashMap<>();
    for (RoleRuntime each : all.values()) {
      each.tools().forEach(tool -> tools.putIfAbsent(tool.name(), placed(tool)));
    }
    return List.copyOf(tools.values());
  }

  private Tool placed(Tool tool) {
    List<String> names = having(tool.name());
    return names.size() == 1
        ? tool
        : new PlacedTool(tool, names, names.contains(all.firstEntry().getKey()));
  }

  private List<String> having(String tool) {
    return all.entrySet().stream()
        .filter(each -> each.getValue().tools().stream().anyMatch(own -> own.name().equals(tool)))
        .map(Map.Entry::getKey)
        .toList();
  }

  /// Makes a call where it belongs, and says in the answer where that was.
  CallEnd made(ToolCall call, BiFunction<RoleRuntime, ToolCall, CallEnd> work) {
    return switch (way(call)) {
      case Way.Nowhere(String reason) -> new CallEnd(byDefault().refused(call, reason));
      case Way.To(_, RoleRuntime runtime, ToolCall own) -> {
        CallEnd end = work.apply(runtime, own);
        ToolResult result = end.result();
        yield new CallEnd(
            new ToolResult(
                result.id(), "On " + runtime.place() + ":\n" + result.text(), result.status()),
            end.ended());
      }
    };
  }

  /// The runtime to which a call goes; the default one for a call that goes nowhere.
  RoleRuntime of(ToolCall call) {
    return way(call) instanceof Way.To(_, RoleRuntime runtime, _) ? runtime : byDefault();
  }

  /// The call as that runtime gets it.
  ToolCall own(ToolCall call) {
    return way(call) instanceof Way.To(_, _, ToolCall own) ? own : call;
  }

  private Way way(ToolCall call) {
    List<String> having = having(call.tool());
    Object named = call.arguments().get(PlacedTool.SANDBOX);
    String first = all.firstEntry().getKey();
    if (having.isEmpty()) {
      return to(first, call);
    }
    if (named == null) {
      return having.size() == 1
          ? to(having.getFirst(), call)
          : having.contains(first)
              ? to(first, call)
              : new Way.Nowhere("'sandbox' is missing; it is one of " + listed(having));
    }
    return named instanceof String name && having.contains(name)
        ? to(name, call)
        : new Way.Nowhere(unknown(named, having, call.tool()));
  }

  private Way to(String name, ToolCall call) {
    RoleRuntime runtime = all.get(name);
    return new Way.To(
        name,
        runtime == null ? byDefault() : runtime,
        new ToolCall(call.id(), call.tool(), PlacedTool.withoutSandbox(call.arguments())));
  }

  private String unknown(Object named, List<String> having, String tool) {
    String name = named instanceof String text ? text : "";
    if (all.containsKey(name)) {
      return tool + " is not in '" + name + "'; it is in " + listed(having);
    }
    return "there is no sandbox of that name"
        + Nearest.to(name, having).map(near -> " (did you mean '" + near + "'?)").orElse("")
        + "; "
        + tool
        + " is in "
        + listed(having);
  }

  private static String listed(List<String> names) {
    return String.join(", ", names);
  }

  /// What a model has to know of them.
  String facts() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "Your tools act in several sandboxes; each answer says in which one. The default is "
            + all.firstEntry().getKey()
            + ".");
    all.forEach((name, runtime) ->
        lines.add(
            "- "
                + runtime.place()
                + runtime.directory().map(path -> ", in " + path).orElse("")
                + ": "
                + listed(runtime.tools().stream().map(Tool::name).toList())));
    return String.join("\n", lines);
  }

  /// What one of them waits for.
  Optional<String> preparing() {
    return all.values().stream().flatMap(each -> each.preparing().stream()).findFirst();
  }

  String place() {
    return listed(all.values().stream().map(RoleRuntime::place).toList());
  }

  String redacted(String text) {
    String clean = text;
    for (RoleRuntime each : all.values()) {
      clean = each.redacted(clean);
    }
    return clean;
  }

  int settled(String text) {
    return all.values().stream().mapToInt(each -> each.settled(text)).min().orElse(0);
  }

  void close() {
    all.values().forEach(RoleRuntime::close);
  }
}

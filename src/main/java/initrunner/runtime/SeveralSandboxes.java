package initrunner.runtime;

import initrunner.exec.RemedyException;
import initrunner.runtime.gate.ArgumentCheck;
import initrunner.text.Nearest;
import initrunner.tool.CallEnd;
import initrunner.tool.PlacedTool;
import initrunner.tool.RunOnTool;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.tool.files.CopyTool;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The sandboxes of one role, each at work with the tools that it has there. A call goes to the one
/// that it names, to the only one that has the tool, or to the default. Immutable; each has its own
/// connection, made at its first call.
///
/// @param all the default first
record SeveralSandboxes(SequencedMap<String, SandboxAtWork> all) {

  private static final String SHELL = "run_shell";

  /// Where a call goes.
  private sealed interface Way {

    record To(SandboxAtWork runtime, ToolCall call) implements Way {}

    record Nowhere(String reason) implements Way {}
  }

  SandboxAtWork byDefault() {
    return all.firstEntry().getValue();
  }

  SeveralSandboxes each(UnaryOperator<SandboxAtWork> change) {
    SequencedMap<String, SandboxAtWork> changed = new LinkedHashMap<>();
    all.forEach((name, runtime) -> changed.put(name, change.apply(runtime)));
    return new SeveralSandboxes(changed);
  }

  /// Connects those whose login may ask a person, while the terminal is free. The calls to one that
  /// cannot be reached say why.
  void preflight() {
    for (SandboxAtWork each : all.values()) {
      if (each.sandbox().asksAtLogin()) {
        try {
          each.connect();
        } catch (RemedyException unreachable) {
          System.getLogger(RoleRuntime.class.getName())
              .log(Level.WARNING, "{0}: {1}", each.place(), unreachable.getMessage());
        }
      }
    }
  }

  /// Proves that calls can run in the sandboxes for which a person answered.
  void preflight(List<ToolCall> calls) {
    calls.stream()
        .flatMap(call -> placesOf(call).stream().filter(one -> isAnswered(one, call)))
        .distinct()
        .forEach(SandboxAtWork::preflight);
  }

  boolean isAskedAbout(Tool tool) {
    return switch (tool) {
      case RunOnTool on -> isAskedAbout(having(SHELL), on.shell());
      case CopyTool copy -> isAskedAbout(copy.sandboxes(), copy.end());
      default -> isAskedAbout(having(tool.name()), tool);
    };
  }

  private boolean isAskedAbout(List<String> names, Tool tool) {
    return names.stream().anyMatch(name -> one(name).isAskedAbout(tool));
  }

  /// The tools of all; one that is in several has an argument for the sandbox.
  List<Tool> tools() {
    SequencedMap<String, Tool> tools = new LinkedHashMap<>();
    for (SandboxAtWork each : all.values()) {
      each.tools().forEach(tool -> tools.putIfAbsent(tool.name(), placed(tool)));
    }
    runOn().ifPresent(tool -> tools.put(tool.name(), tool));
    copyTool().ifPresent(tool -> tools.put(tool.name(), tool));
    return List.copyOf(tools.values());
  }

  /// Runs a command in several; empty where commands run in one at most.
  private Optional<RunOnTool> runOn() {
    List<String> names = having(SHELL);
    return names.size() < 2
        ? Optional.empty()
        : all.values().stream()
            .flatMap(each -> each.tools().stream())
            .filter(tool -> tool.name().equals(SHELL))
            .findFirst()
            .map(shell -> new RunOnTool(shell, names));
  }

  /// Copies files from one to another; empty where one at most lets them be copied.
  private Optional<CopyTool> copyTool() {
    List<String> names =
        all.entrySet().stream()
            .filter(each -> !each.getValue().copyEnds().isEmpty())
            .map(Map.Entry::getKey)
            .toList();
    return names.size() < 2
        ? Optional.empty()
        : Optional.of(new CopyTool(one(names.getFirst()).copyEnds().getFirst(), names));
  }

  private Optional<CopyTool> copying(ToolCall call) {
    return copyTool().filter(_ -> call.tool().equals(CopyTool.NAME));
  }

  /// A copy between two that let files be copied.
  private Optional<Copy> copy(CopyTool tool, ToolCall call) {
    return copyEnd(tool, call, CopyTool.FROM)
        .flatMap(from -> copyEnd(tool, call, CopyTool.TO).map(to -> new Copy(from, to, call)));
  }

  private Optional<SandboxAtWork> copyEnd(CopyTool tool, ToolCall call, String argument) {
    return tool.sandboxes().stream()
        .filter(name -> name.equals(call.arguments().get(argument)))
        .findFirst()
        .map(this::one);
  }

  private CallEnd copied(CopyTool tool, ToolCall call, Said said) {
    Optional<String> fault = ArgumentCheck.fault(tool, call.arguments());
    if (fault.isPresent()) {
      return new CallEnd(byDefault().badArguments(call, fault.get()));
    }
    for (String argument : List.of(CopyTool.FROM, CopyTool.TO)) {
      if (copyEnd(tool, call, argument).isEmpty()) {
        Object named = call.arguments().getOrDefault(argument, "");
        return nowhere(call, unknown(named, tool.sandboxes(), CopyTool.NAME));
      }
    }
    return copy(tool, call).orElseThrow().made(said);
  }

  private CallEnd nowhere(ToolCall call, String reason) {
    return new CallEnd(byDefault().refused(call, reason));
  }

  private boolean runsCommands(ToolCall call) {
    return all.values().stream()
        .flatMap(each -> each.tools().stream())
        .anyMatch(tool -> tool.name().equals(call.tool()) && tool.runsCommands());
  }

  private boolean isForSeveral(ToolCall call) {
    return call.tool().equals(RunOnTool.NAME) && runOn().isPresent();
  }

  /// The names that a call for several has.
  private List<String> named(ToolCall call) {
    return runOn().map(tool -> tool.named(call.arguments())).orElse(List.of());
  }

  /// Those of the names that there are.
  private List<SandboxAtWork> chosen(ToolCall call) {
    return named(call).stream()
        .flatMap(name -> Optional.ofNullable(all.get(name)).stream())
        .toList();
  }

  private static ToolCall ofShell(ToolCall call) {
    return new ToolCall(call.id(), SHELL, RunOnTool.ofShell(call.arguments()));
  }

  /// Whether a person is asked before a call.
  boolean needsApproval(ToolCall call) {
    if (isForSeveral(call)) {
      return chosen(call).stream().anyMatch(each -> each.needsApproval(ofShell(call)));
    }
    Optional<CopyTool> tool = copying(call);
    return tool.isPresent()
        ? copy(tool.get(), call).filter(Copy::needsApproval).isPresent()
        : of(call).needsApproval(own(call));
  }

  /// Where a call would be made, for a person; all of them for one that is made nowhere.
  String placeOf(ToolCall call) {
    Optional<Copy> copy = copying(call).flatMap(tool -> copy(tool, call));
    if (copy.isPresent()) {
      return copy.get().place();
    }
    List<SandboxAtWork> places = placesOf(call);
    return places.isEmpty() ? place() : listed(places.stream().map(SandboxAtWork::place).toList());
  }

  /// The same for a question about it: first the sandboxes that need the answer.
  String askedPlaceOf(ToolCall call) {
    Map<Boolean, List<String>> places =
        chosen(call).stream()
            .collect(
                Collectors.partitioningBy(
                    one -> one.needsApproval(ofShell(call)),
                    Collectors.mapping(SandboxAtWork::place, Collectors.toList())));
    List<String> asked = Objects.requireNonNull(places.get(true));
    List<String> others = Objects.requireNonNull(places.get(false));
    return !isForSeveral(call) || asked.isEmpty() || others.isEmpty()
        ? placeOf(call)
        : listed(asked) + "; without a question on " + listed(others);
  }

  /// Where a call would be made; empty for one that is made nowhere.
  private List<SandboxAtWork> placesOf(ToolCall call) {
    Optional<CopyTool> copying = copying(call);
    if (copying.isPresent()) {
      return Stream.of(CopyTool.FROM, CopyTool.TO)
          .flatMap(argument -> copyEnd(copying.get(), call, argument).stream())
          .toList();
    }
    if (isForSeveral(call)) {
      return chosen(call);
    }
    return way(call) instanceof Way.To(SandboxAtWork runtime, _) && runsCommands(call)
        ? List.of(runtime)
        : List.of();
  }

  private CallEnd inSeveral(ToolCall call, Said said) {
    List<String> names = named(call);
    List<String> having = having(SHELL);
    Optional<String> unknown = names.stream().filter(name -> !having.contains(name)).findFirst();
    if (names.isEmpty() || unknown.isPresent()) {
      String reason =
          unknown
              .map(name -> unknown(name, having, SHELL))
              .orElseGet(() -> "'sandboxes' is missing; they are " + listed(having));
      return nowhere(call, reason);
    }
    return new RunOn(chosen(call))
        .made(
            call,
            one ->
                (said.isForAll() || isAnswered(one, call) ? said : new Said.Nothing())
                    .answer(one.showingItsPart(call).calls(), ofShell(call)));
  }

  /// A person's answer counts where the question was needed.
  private boolean isAnswered(SandboxAtWork one, ToolCall call) {
    return !isForSeveral(call) || !needsApproval(call) || one.needsApproval(ofShell(call));
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
  CallEnd made(ToolCall call, Said said) {
    Optional<CopyTool> copying = copying(call);
    if (copying.isPresent()) {
      return copied(copying.get(), call, said);
    }
    if (isForSeveral(call)) {
      return inSeveral(call, said);
    }
    if (having(call.tool()).isEmpty()) {
      return new CallEnd(byDefault().unknownTool(call, tools()));
    }
    return switch (way(call)) {
      case Way.Nowhere(String reason) -> nowhere(call, reason);
      case Way.To(SandboxAtWork runtime, ToolCall own) -> {
        CallEnd end = said.answer(runtime.showing(call).calls(), own);
        ToolResult result = end.result();
        yield !runsCommands(call)
            ? end
            : new CallEnd(
                new ToolResult(
                    result.id(), "On " + runtime.place() + ":\n" + result.text(), result.status()),
                end.ended());
      }
    };
  }

  /// The runtime to which a call for one goes; the default one for a call that goes nowhere.
  private SandboxAtWork of(ToolCall call) {
    return way(call) instanceof Way.To(SandboxAtWork runtime, _) ? runtime : byDefault();
  }

  /// The call as that runtime gets it.
  private ToolCall own(ToolCall call) {
    return way(call) instanceof Way.To(_, ToolCall own) ? own : call;
  }

  private Way way(ToolCall call) {
    List<String> having = having(call.tool());
    Object named = call.arguments().get(PlacedTool.SANDBOX);
    String first = all.firstEntry().getKey();
    if (having.isEmpty()) {
      return new Way.To(byDefault(), call);
    }
    if (having.size() == 1 && takesSandbox(having.getFirst(), call.tool())) {
      return new Way.To(one(having.getFirst()), call);
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
    return new Way.To(
        one(name),
        new ToolCall(call.id(), call.tool(), PlacedTool.withoutSandbox(call.arguments())));
  }

  private SandboxAtWork one(String name) {
    return Objects.requireNonNull(all.get(name));
  }

  /// A script may have such a parameter of its own.
  private boolean takesSandbox(String name, String tool) {
    return one(name).tools().stream()
        .filter(each -> each.name().equals(tool))
        .flatMap(each -> each.parameters().stream())
        .anyMatch(parameter -> parameter.name().equals(PlacedTool.SANDBOX));
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
                + runtime.sandbox().place().directory().map(path -> ", in " + path).orElse("")
                + ": "
                + listed(runtime.tools().stream().map(Tool::name).toList())
                + runtime.ofWorkspace().replace("\n", "\n  ")));
    if (all.values().stream().filter(each -> !each.ofWorkspace().isEmpty()).count() > 1) {
      lines.add("Each of these copies is one of its own: a change in one is not in another.");
    }
    return String.join("\n", lines);
  }

  /// What one of them waits for.
  Optional<String> preparing() {
    return all.values().stream().flatMap(each -> each.sandbox().preparing().stream()).findFirst();
  }

  String place() {
    return listed(all.values().stream().map(SandboxAtWork::place).toList());
  }

  void close() {
    all.values().forEach(SandboxAtWork::close);
  }
}

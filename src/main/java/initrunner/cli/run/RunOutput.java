package initrunner.cli.run;

import initrunner.agent.AgentRun;
import initrunner.agent.Approver;
import initrunner.cli.console.Console;
import initrunner.cli.console.TerminalLook;
import initrunner.exec.RemedyException;
import initrunner.model.Model;
import initrunner.model.Usage;
import initrunner.role.Role;
import initrunner.run.RunEnd;
import initrunner.run.RunOrder;
import initrunner.run.RunWatch;
import initrunner.run.Workspaces;
import initrunner.runtime.RoleRuntime;
import initrunner.runtime.output.OutputWatcher;
import initrunner.text.SafeText;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Prints one run in one format.
final class RunOutput {

  private final Console console;
  private final RunOrder order;
  private final RunFormat format;
  private final long startNanos = System.nanoTime();
  private Optional<Model> asked = Optional.empty();
  private Optional<RunView> view = Optional.empty();

  /// Where a call would be made, where the role has several sandboxes.
  private Function<ToolCall, Optional<String>> placeOf = _ -> Optional.empty();

  RunOutput(Console console, RunOrder order, RunFormat format) {
    this.console = console;
    this.order = order;
    this.format = format;
  }

  /// Sets the run's model; after a fallback the output names that one.
  void asks(Model model) {
    asked = Optional.of(model);
  }

  /// Prints first which models have an address other than their provider's own.
  void beginAt(List<String> elsewhere) {
    if (format != RunFormat.JSON) {
      elsewhere.forEach(console.err()::println);
    }
  }

  /// Whether the answer is printed as the model writes it.
  boolean isWrittenAsItComes() {
    return isShownAsItComes() && format == RunFormat.AUTO;
  }

  /// Whether a person can be asked.
  private boolean isForAPerson() {
    return console.errorOutput() == Console.Output.TERMINAL && format != RunFormat.JSON;
  }

  private boolean isShownAsItComes() {
    return console.output() == Console.Output.TERMINAL && format != RunFormat.JSON;
  }

  /// Makes the run and shows it meanwhile: as in a session if both outputs are a terminal.
  RunEnd watch(RoleRuntime runtime, Function<RunWatch, RunEnd> run) {
    if (!order.role().sandboxNames().isEmpty()) {
      placeOf = call -> Optional.of(runtime.askedPlaceOf(call));
    }
    if (format == RunFormat.JSON) {
      return run.apply(new RunWatch(_ -> {}, OutputWatcher.NONE, Approver.ABSENT));
    }
    if (isForAPerson() && isShownAsItComes()) {
      TerminalLook look = TerminalLook.of(console);
      try (SessionView live =
          new SessionView(
              console.out().screen(look),
              console.err().screen(look),
              console::isAsking,
              runtime,
              0)) {
        return run.apply(new RunWatch(live, live::output, person(runtime, Optional.of(live))));
      }
    }
    RunView shown = new RunView(console, runtime);
    view = Optional.of(shown);
    return run.apply(new RunWatch(shown, OutputWatcher.NONE, person(runtime, Optional.empty())));
  }

  private Approver person(RoleRuntime runtime, Optional<SessionView> live) {
    return isForAPerson() && console.input() == Console.Output.TERMINAL
        ? TerminalApprover.of(console, runtime::askedPlaceOf, live)
        : Approver.ABSENT;
  }

  void show(AgentRun run) {
    // A cut answer may end in the middle of a line.
    view.ifPresent(RunView::endText);
    if (!isShownAsItComes()) {
      print(run);
    }
    if (isForAPerson()) {
      console.err().println(report(run).cost());
    }
  }

  private void print(AgentRun run) {
    if (format == RunFormat.JSON) {
      console.out().println(report(run).json());
    } else if (!run.output().isEmpty()) {
      console.out().printLines(run.output());
    }
  }

  private RunReport report(AgentRun run) {
    return new RunReport(order, asked, run);
  }

  void explainPause(AgentRun.Pause pause) {
    if (format == RunFormat.JSON) {
      return;
    }
    String id = order.approvalId();
    console.err().println("Run " + order.runId() + " waits for approval of:");
    pause
        .calls()
        .forEach(call -> console.err().println("  " + CallText.waiting(call, placeOf.apply(call))));
    console.err().println("Nothing of that was run. Go on with: initrunner approve " + id);
    console.err().println("or deny it: initrunner approve " + id + " --deny");
  }

  /// The run failed before its first model request.
  void showFailure(String what, String remedy) {
    if (format == RunFormat.JSON) {
      print(
          new AgentRun(
              "",
              Optional.of(new AgentRun.Failure(AgentRun.Failure.Kind.UNKNOWN, what, remedy)),
              Usage.NONE,
              List.of(),
              elapsed()));
    }
  }

  /// @param sandboxes how each of them answered
  void describe(RoleRuntime runtime, List<Workspaces.Reached> sandboxes) {
    Role role = order.role();
    String plan =
        String.format(
            Locale.ROOT,
            """
            role     %s (%s)
            model    %s:%s %s
            runs on  %s
            tools    %s
            limits   %d tool calls, %d s
            %s%sNo model was asked and nothing was run.\
            """,
            role.metadata().name(),
            role.file(),
            order.model().provider(),
            order.model().name(),
            order.model().where(),
            sandboxes.stream().map(RunOutput::reached).collect(Collectors.joining("\n         ")),
            runtime.tools().stream().map(Tool::name).collect(Collectors.joining(", ")),
            role.guardrails().maxToolCalls(),
            role.guardrails().timeout().toSeconds(),
            sandboxes.stream()
                .flatMap(each -> plan(each).stream())
                .map(line -> "files    " + line + "\n")
                .collect(Collectors.joining()),
            order.model().elsewhere().stream()
                .map(line -> line + "\n")
                .collect(Collectors.joining()));
    print(new AgentRun(plan, Optional.empty(), Usage.NONE, List.of(), elapsed()));
  }

  private static String reached(Workspaces.Reached sandbox) {
    return switch (sandbox) {
      case Workspaces.Reached.Well(String place, _) -> place + ", which can be reached";
      case Workspaces.Reached.Not(String place, RemedyException why) ->
          place
              + ", where its calls would fail: "
              + SafeText.oneLine(why.getMessage())
              + "\n           "
              + SafeText.oneLine(why.remedy());
    };
  }

  private static Optional<String> plan(Workspaces.Reached sandbox) {
    return switch (sandbox) {
      case Workspaces.Reached.Well(_, Optional<String> plan) -> plan;
      case Workspaces.Reached.Not _ -> Optional.empty();
    };
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }
}

package initrunner.cli;

import initrunner.agent.Approver;
import initrunner.agent.PausedRun;
import initrunner.audit.AuditLocation;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.options.WaitingRunIds;
import initrunner.cli.run.CallText;
import initrunner.cli.run.RunAttempt;
import initrunner.cli.run.RunFormat;
import initrunner.model.ReplayModel;
import initrunner.model.ToolRequest;
import initrunner.run.GivenAnswers;
import initrunner.run.ModelChoice;
import initrunner.run.RoleSource;
import initrunner.run.RunHome;
import initrunner.run.RunOrder;
import initrunner.run.WaitingCall;
import initrunner.run.WaitingCalls;
import initrunner.runtime.RoleHost;
import initrunner.text.SafeText;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `approve`: approves or denies the waiting calls of a paused run, and resumes it; or a waiting
/// call of another agent.
@Command(
    name = "approve",
    descriptionHeading = "%n",
    description = {
      "Approves or denies the waiting calls of a paused run, and continues it.",
      "It stays the same run, with the same id, in the same audit log.",
      "A waiting call of another agent (mcp) is approved or denied the same way.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner pending",
      "      which runs wait, and for which calls",
      "  initrunner approve 3f2a90c1d4e5",
      "      make all waiting calls, and go on",
      "  initrunner approve 3f2a90c1d4e5 --tool-call-id call-1",
      "      make this one; the others are denied",
      "  initrunner approve 3f2a90c1d4e5 --deny --reason 'use make check'",
      "      make none; the model is told so and why, and goes on",
      "",
      "Exit status: as of run, and 1 if the run does not wait (any more)."
    })
public final class ApproveCommand implements Callable<Integer> {

  private final Console console;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "RUN_ID",
      completionCandidates = WaitingRunIds.class,
      description = "The id that initrunner pending shows; each pause has a new one.")
  private String runId;

  @Option(names = "--deny", description = "Deny the calls.")
  private boolean deny;

  @Option(names = "--all", description = "All waiting calls, as without --tool-call-id.")
  private boolean all;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "The reason for the model; with --deny or --tool-call-id.")
  private @Nullable String reason;

  @Option(
      names = "--tool-call-id",
      paramLabel = "ID",
      description = "Only this call (repeatable); the others are denied.")
  private List<String> callIds = List.of();

  @Option(
      names = "--changed-role",
      description = "Go on although the role's file has changed since the run began.")
  private boolean changedRole;

  @Option(
      names = "--changed-place",
      description = "Go on although the tools would run on another host or in another sandbox.")
  private boolean changedPlace;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      converter = RunFormat.Converter.class,
      completionCandidates = RunFormat.Names.class,
      description = "auto, text or json, as of run.")
  private RunFormat format = RunFormat.AUTO;

  public ApproveCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (reason != null && !deny && callIds.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--reason is for a denial; give it with --deny or --tool-call-id");
    }
    Optional<WaitingCall> waiting = WaitingCalls.of(console.environment()).find(runId);
    if (waiting.isPresent()) {
      return answer(waiting.get());
    }
    RunHome home = RunHome.of(console.environment());
    PausedRun run = home.pausedRuns().find(runId);
    GivenAnswers answers = answers(run);
    RoleSource source = RoleSource.of(run.setting().roleFile(), console.environment());
    List<RoleHost> places = RoleHost.eachResolved(source.role());
    refuseChanges(run.setting(), source.sha256(), places);
    ModelChoice model = model(source, run.setting());
    show(run, answers, run.placesOfCalls(places));
    RunOrder order =
        new RunOrder(
            source,
            run.runId(),
            new RunOrder.Task.Continue(run, answers),
            model,
            run.setting().with(source.sha256(), places),
            RunOrder.Caller.COMMAND_LINE);
    return new RunAttempt(console, order, format, home).run();
  }

  /// The program that asked goes on by itself.
  private int answer(WaitingCall call) {
    if (!callIds.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          call.id() + " is one call of " + call.client() + "; answer it without --tool-call-id");
    }
    WaitingCalls.Decision decision =
        deny
            ? new WaitingCalls.Decision.No(
                Optional.ofNullable(reason).filter(text -> !text.isBlank()))
            : new WaitingCalls.Decision.Yes();
    console.err().println("On " + SafeText.exact(call.place().description()) + ":");
    console.err().println((deny ? "  no   " : "  yes  ") + CallText.unnamed(call.request()));
    if (WaitingCalls.of(console.environment()).decide(call.id(), decision)) {
      return ExitCodes.OK;
    }
    console.err().println("Error: call " + call.id() + " does not wait any more.");
    return ExitCodes.FAILED;
  }

  private void refuseChanges(PausedRun.Setting setting, String digest, List<RoleHost> places) {
    if (!digest.equals(setting.roleDigest()) && !changedRole) {
      throw new ParameterException(
          spec.commandLine(),
          setting.roleFile()
              + " has changed since run "
              + runId
              + " began, so the calls might run under other rules or in another sandbox."
              + " Check it, then go on with --changed-role; or restore it");
    }
    Optional<String> change = RoleHost.change(setting.places(), places);
    if (change.isPresent() && !changedPlace) {
      throw new ParameterException(
          spec.commandLine(),
          SafeText.oneLine(
              "the calls of run "
                  + runId
                  + " "
                  + change.get()
                  + (digest.equals(setting.roleDigest())
                      ? ". Set the role's variables and the ssh configuration as they were, or go"
                          + " on there with --changed-place"
                      : ". Restore the role's file, or go on there with --changed-role"
                          + " --changed-place")));
    }
  }

  /// The user may have repeated a command from the shell's history.
  private void show(PausedRun run, GivenAnswers answers, List<RoleHost> places) {
    if (format == RunFormat.JSON) {
      return;
    }
    places.forEach(
        place -> console.err().println("On " + SafeText.exact(place.description()) + ":"));
    for (ToolRequest call : run.calls()) {
      boolean isYes = answers.given().get(call.id()) instanceof Approver.Decision.Yes;
      console
          .err()
          .println((isYes ? "  yes  " : "  no   ") + CallText.waiting(call, run.placeOf(call)));
    }
  }

  private GivenAnswers answers(PausedRun run) {
    if (all && !callIds.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "both --all and --tool-call-id are given; give one of them");
    }
    List<String> waiting = run.calls().stream().map(ToolRequest::id).toList();
    List<String> unknown = callIds.stream().filter(id -> !waiting.contains(id)).toList();
    if (!unknown.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "run "
              + runId
              + " has no waiting call "
              + String.join(", ", unknown)
              + "; its waiting calls are "
              + String.join(", ", waiting));
    }
    Approver.Decision no =
        new Approver.Decision.No(Optional.ofNullable(reason).filter(text -> !text.isBlank()));
    SequencedMap<String, Approver.Decision> answers = new LinkedHashMap<>();
    for (String id : waiting) {
      boolean named = callIds.isEmpty() || callIds.contains(id);
      answers.put(id, named && !deny ? Approver.Decision.YES : no);
    }
    return new GivenAnswers(answers);
  }

  private ModelChoice model(RoleSource source, PausedRun.Setting setting) {
    Path home = AuditLocation.home(console.environment());
    return setting
        .replay()
        .<ModelChoice>map(file -> new ModelChoice.Replayed(ReplayModel.load(file)))
        .orElseGet(() -> ModelChoice.of(source, setting.model(), home));
  }
}

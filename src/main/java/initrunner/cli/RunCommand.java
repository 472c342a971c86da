package initrunner.cli;

import initrunner.audit.AuditLocation;
import initrunner.cli.console.Console;
import initrunner.cli.console.InputLines;
import initrunner.cli.options.AuditLogOptions;
import initrunner.cli.repl.Session;
import initrunner.cli.run.RunAttempt;
import initrunner.cli.run.RunFormat;
import initrunner.model.ReplayModel;
import initrunner.model.http.Models;
import initrunner.run.ModelChoice;
import initrunner.run.RoleSource;
import initrunner.run.RunHome;
import initrunner.run.RunOrder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `run`: one prompt and one answer, or a session of several.
@Command(
    name = "run",
    descriptionHeading = "%n",
    description = {
      "Gives a role one prompt, and prints its answer; with -i, as many as you like.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner run role.yaml -p \"Which of the tests fail, and why?\"",
      "      the answer; on a terminal as it is written, with each tool call",
      "  initrunner run role.yaml -i",
      "      a session: type prompts; /help lists its commands",
      "  initrunner run role.yaml -p - < question.txt",
      "      the prompt from standard input",
      "  initrunner run role.yaml -p \"…\" --format json | jq -r .output",
      "      for programs",
      "  initrunner run role.yaml -p \"…\" --model openai:gpt-5",
      "      another model for this run (INITRUNNER_MODEL does the same)",
      "  initrunner run role.yaml -p \"…\" --dry-run",
      "      connects to where the tools would run, and asks no model",
      "  initrunner run role.yaml -p \"…\" --record turns.json",
      "  initrunner run role.yaml -p \"…\" --replay turns.json",
      "      the same run again without a model, the tools executed for real",
      "",
      "Exit status: 0 answered, 1 failed, or not all of the role's workspace came",
      "back, 2 the command line, the role or a variable cannot be used, 3 the",
      "sandbox of the tools cannot be used, 4 paused: a tool call waits for approval",
      "(initrunner approve), 125 the workspace could not be brought to the host,",
      "130 stopped by Ctrl-C."
    })
public final class RunCommand implements Callable<Integer> {

  private final Console console;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "ROLE",
      description = "The role: a YAML file, or a directory with agent.yaml or with role.yaml.")
  private Path roleFile;

  @Option(
      names = {"-p", "--prompt"},
      paramLabel = "TEXT",
      description = "What to ask; - reads it from standard input.")
  private @Nullable String prompt;

  @Option(
      names = {"-i", "--interactive"},
      description =
          "A session over one connection: prompts until Ctrl-D; from a pipe, one a line."
              + " -p is the first.")
  private boolean interactive;

  @Option(
      names = "--no-history",
      description = "With -i: neither read nor keep the prompts of other sessions.")
  private boolean noHistory;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      converter = RunFormat.Converter.class,
      completionCandidates = RunFormat.Names.class,
      description = "auto, text or json. auto is text, on a terminal as it is written.")
  private RunFormat format = RunFormat.AUTO;

  @Option(
      names = "--model",
      paramLabel = "PROVIDER:NAME",
      description = "Another model than the role's, or a word of models.yaml for one.")
  private @Nullable String modelName;

  @Mixin private final AuditLogOptions auditLog = new AuditLogOptions();

  @Option(
      names = "--dry-run",
      description = "Check all but the model: say what would run, and ask no model.")
  private boolean dryRun;

  @Option(
      names = "--record",
      paramLabel = "FILE",
      description = "Write the model's turns to this file, in place of what it has, for --replay.")
  private @Nullable Path record;

  @Option(
      names = "--replay",
      paramLabel = "FILE",
      description = "Take the model's turns from there and ask none; the tools really run.")
  private @Nullable Path replay;

  public RunCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    refuseContradictions();
    RoleSource source = RoleSource.of(roleFile, console.environment());
    RunOrder.Task task =
        dryRun || prompt == null
            ? new RunOrder.Task.Describe()
            : new RunOrder.Task.Ask(promptText(prompt));
    ModelChoice model = model(source);
    RunOrder order =
        new RunOrder(
            source,
            RunOrder.newRunId(),
            task,
            model,
            RunOrder.setting(
                source, model, Optional.ofNullable(record).map(Path::toAbsolutePath), database()),
            RunOrder.Caller.COMMAND_LINE);
    RunHome home = RunHome.of(console.environment());
    if (record != null && Files.exists(record)) {
      console.err().println("initrunner: " + record + " is there; this run's turns replace it");
    }
    return interactive
        ? new Session(console, order, home).run(history())
        : new RunAttempt(console, order, format, home).run();
  }

  private void refuseContradictions() {
    if (prompt == null && !interactive && !dryRun) {
      throw new ParameterException(
          spec.commandLine(),
          "there is no prompt; give one with --prompt TEXT, or type prompts in with --interactive");
    }
    if (interactive && dryRun) {
      throw contradiction("--dry-run asks no model, so it cannot be combined with -i");
    }
    if (interactive && format == RunFormat.JSON) {
      throw contradiction("--format json is for one run, so it cannot be combined with -i");
    }
    if (interactive && "-".equals(prompt)) {
      throw contradiction("-p - reads all of standard input, so nothing is left for -i");
    }
    if (noHistory && !interactive) {
      throw contradiction("--no-history is for a session; give it with -i");
    }
    auditLog.refuseContradiction();
    if (replay != null && modelName != null) {
      throw contradiction("--replay asks no model, so it cannot be combined with --model");
    }
    if (dryRun && record != null) {
      throw contradiction("--dry-run asks no model, so it cannot be combined with --record");
    }
    if (replay != null && record != null) {
      throw contradiction("--replay has its turns already, so it cannot be combined with --record");
    }
  }

  private ParameterException contradiction(String what) {
    return new ParameterException(spec.commandLine(), what);
  }

  private Optional<Path> history() {
    return noHistory ? Optional.empty() : Optional.of(home().resolve("history"));
  }

  private Path home() {
    return AuditLocation.home(console.environment());
  }

  private ModelChoice model(RoleSource source) {
    if (replay != null) {
      return new ModelChoice.Replayed(ReplayModel.load(replay));
    }
    return ModelChoice.of(
        source,
        Optional.ofNullable(modelName).or(() -> source.environment().value(Models.MODEL_VARIABLE)),
        home());
  }

  private Optional<Path> database() {
    return dryRun
        ? Optional.empty()
        : auditLog.location(console.environment()).map(AuditLocation::database);
  }

  private String promptText(String given) {
    String text = given.equals("-") ? readStdin() : given;
    if (text.isBlank()) {
      throw new ParameterException(spec.commandLine(), "The prompt is empty; give it with -p TEXT");
    }
    return text;
  }

  private String readStdin() {
    try {
      byte[] bytes = console.stdin().readNBytes(InputLines.MOST_PROMPT_BYTES + 1);
      if (bytes.length > InputLines.MOST_PROMPT_BYTES) {
        throw new ParameterException(
            spec.commandLine(),
            "The prompt on standard input is longer than "
                + InputLines.MOST_PROMPT_BYTES
                + " bytes");
      }
      return new String(bytes, StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), "Standard input cannot be read: " + e.getMessage(), e);
    }
  }
}

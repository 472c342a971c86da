package initrunner.cli;

import initrunner.agent.AgentLoop;
import initrunner.agent.AgentRun;
import initrunner.agent.Model;
import initrunner.agent.ModelException;
import initrunner.agent.Models;
import initrunner.agent.RunEvent;
import initrunner.agent.Toolbox;
import initrunner.agent.Usage;
import initrunner.audit.AuditException;
import initrunner.audit.AuditLocation;
import initrunner.audit.AuditStore;
import initrunner.exec.TransportException;
import initrunner.launch.LauncherUnavailableException;
import initrunner.role.ModelSettings;
import initrunner.role.Role;
import initrunner.role.RoleLoader;
import initrunner.runtime.RoleRuntime;
import initrunner.tool.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// `run`: one prompt, one answer.
@Command(
    name = "run",
    descriptionHeading = "%n",
    description = {"Gives a role one prompt, and prints its answer.", ""},
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner run role.yaml -p \"Which of the tests fail, and why?\"",
      "      the answer; on a terminal as it is written, with each tool call",
      "  initrunner run role.yaml -p - < question.txt",
      "      the prompt from standard input",
      "  initrunner run role.yaml -p \"…\" --format json | jq -r .output",
      "      for programs",
      "  initrunner run role.yaml -p \"…\" --model openai:gpt-5",
      "      another model for this run (INITRUNNER_MODEL does the same)",
      "  initrunner run role.yaml -p \"…\" --dry-run",
      "      connects to where the tools would run, and asks no model",
      "",
      "Exit status: 0 answered, 1 failed, 2 the command line or the role cannot be",
      "used, 3 the place where the tools run cannot be used."
    })
public final class RunCommand implements Callable<Integer> {

  private static final int MOST_PROMPT_BYTES = 1024 * 1024;
  private static final int RUN_ID_BYTES = 6;
  private static final int SIGINT = 2;

  /// The values of `--format`.
  enum Format {
    /// As `text`, and as it is written where a person watches.
    AUTO,
    TEXT,
    JSON;

    String lowerCaseName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Takes a format's name as people write it.
  static final class FormatConverter implements ITypeConverter<Format> {
    @Override
    public Format convert(String value) {
      return Stream.of(Format.values())
          .filter(format -> format.lowerCaseName().equals(value))
          .findFirst()
          .orElseThrow(() ->
              new TypeConversionException(
                  "'"
                      + value
                      + "' is no format; allowed is "
                      + Stream.of(Format.values())
                          .map(Format::lowerCaseName)
                          .collect(Collectors.joining(", "))));
    }
  }

  private final Console console;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "ROLE", description = "The role's file.")
  private Path roleFile;

  @Option(
      names = {"-p", "--prompt"},
      required = true,
      paramLabel = "TEXT",
      description = "What to ask; - reads it from standard input.")
  private String prompt;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      converter = FormatConverter.class,
      description = "auto, text or json. auto is text, on a terminal as it is written.")
  private Format format = Format.AUTO;

  @Option(
      names = "--model",
      paramLabel = "PROVIDER:NAME",
      description = "Another model than the role's.")
  private @Nullable String modelName;

  @Option(
      names = "--audit-db",
      paramLabel = "FILE",
      description = "Record tool calls there instead of in ~/.initrunner/audit.db.")
  private @Nullable Path auditDatabase;

  @Option(names = "--no-audit", description = "Keep no record.")
  private boolean noAudit;

  @Option(
      names = "--dry-run",
      description = "Check all but the model: say what would run, and ask nobody.")
  private boolean dryRun;

  public RunCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Role role = RoleLoader.load(roleFile);
    String text = promptText();
    ModelSettings model;
    try {
      model =
          Models.choose(
              role.model(),
              Optional.ofNullable(modelName).or(() -> console.variable(Models.MODEL_VARIABLE)),
              console.environment());
    } catch (ModelException e) {
      complain(e.getMessage(), e.remedy());
      return ExitCodes.USAGE;
    }
    return new Attempt(role, text, model, runId()).run();
  }

  private String promptText() {
    String text = prompt.equals("-") ? readStdin() : prompt;
    if (text.isBlank()) {
      throw new ParameterException(spec.commandLine(), "The prompt is empty; give it with -p TEXT");
    }
    return text;
  }

  private String readStdin() {
    try {
      byte[] bytes = console.stdin().readNBytes(MOST_PROMPT_BYTES + 1);
      if (bytes.length > MOST_PROMPT_BYTES) {
        throw new ParameterException(
            spec.commandLine(),
            "The prompt on standard input is longer than " + MOST_PROMPT_BYTES + " bytes");
      }
      return new String(bytes, StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), "Standard input cannot be read: " + e.getMessage(), e);
    }
  }

  private static String runId() {
    byte[] bytes = new byte[RUN_ID_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private void complain(@Nullable String what, String remedy) {
    console.err().println("Error: " + what);
    console.err().println(remedy);
  }

  /// What is known once the command line and the role can be used.
  private final class Attempt {

    private final Role role;
    private final String text;
    private final ModelSettings model;
    private final String runId;
    private final long startNanos = System.nanoTime();

    Attempt(Role role, String text, ModelSettings model, String runId) {
      this.role = role;
      this.text = text;
      this.model = model;
      this.runId = runId;
    }

    int run() {
      Optional<AuditStore> audit = Optional.empty();
      try {
        audit = audit();
        try (RoleRuntime runtime = RoleRuntime.open(role, audit, runId)) {
          runtime.preflight();
          return dryRun ? describe(runtime) : ask(runtime);
        }
      } catch (TransportException e) {
        return fail(e.getMessage(), e.remedy(), ExitCodes.SANDBOX_UNAVAILABLE);
      } catch (LauncherUnavailableException e) {
        return fail(e.getMessage(), e.remedy(), ExitCodes.SANDBOX_UNAVAILABLE);
      } catch (ModelException e) {
        return fail(e.getMessage(), e.remedy(), ExitCodes.FAILED);
      } catch (AuditException e) {
        return fail(e.getMessage(), e.remedy(), ExitCodes.FAILED);
      } finally {
        audit.ifPresent(AuditStore::close);
      }
    }

    private Optional<AuditStore> audit() {
      if (noAudit || dryRun) {
        return Optional.empty();
      }
      AuditLocation location =
          AuditLocation.of(console.environment(), Optional.ofNullable(auditDatabase));
      return Optional.of(AuditStore.open(location.database()));
    }

    private int ask(RoleRuntime runtime) {
      AgentRun run;
      try (Model asked = Models.open(model, console.environment(), delivery())) {
        run =
            new AgentLoop(
                    asked,
                    role.prompt(),
                    new Toolbox(runtime.tools(), runtime::call),
                    role.guardrails())
                .run(text, view(runtime));
      }
      if (!isShownAsItComes()) {
        printResult(run);
      }
      if (format != Format.JSON && console.errorOutput() == Console.Output.TERMINAL) {
        console.err().println(new RunReport(runId, model, run).cost());
      }
      return run.failure()
          .map(failure -> complained(failure.message(), failure.remedy(), ExitCodes.FAILED))
          .orElse(ExitCodes.OK);
    }

    private boolean isShownAsItComes() {
      return console.output() == Console.Output.TERMINAL && format != Format.JSON;
    }

    private Models.Delivery delivery() {
      return isShownAsItComes() && format == Format.AUTO
          ? Models.Delivery.STREAMED
          : Models.Delivery.WHOLE;
    }

    private Consumer<RunEvent> view(RoleRuntime runtime) {
      return format == Format.JSON
          ? event -> {}
          : new RunView(console, runtime.place(), runtime.tools());
    }

    private void printResult(AgentRun run) {
      if (format == Format.JSON) {
        console.out().println(new RunReport(runId, model, run).json());
      } else if (!run.output().isEmpty()) {
        console.out().println(run.output());
      }
    }

    /// The run did not come to its first model request.
    private int fail(@Nullable String what, String remedy, int status) {
      if (format == Format.JSON) {
        AgentRun.Failure failure =
            new AgentRun.Failure(AgentRun.Failure.Kind.UNKNOWN, String.valueOf(what), remedy);
        printResult(
            new AgentRun(
                "",
                Optional.of(failure),
                Usage.NONE,
                List.of(),
                Duration.ofNanos(System.nanoTime() - startNanos)));
      }
      return complained(what, remedy, status);
    }

    private int complained(@Nullable String what, String remedy, int status) {
      complain(what, remedy);
      return Thread.interrupted() ? ExitCodes.signal(SIGINT) : status;
    }

    private int describe(RoleRuntime runtime) {
      String plan =
          String.format(
              Locale.ROOT,
              """
              role     %s (%s)
              model    %s:%s %s
              runs on  %s, which can be reached
              tools    %s
              limits   %d tool calls, %d s
              No model was asked and nothing was run.\
              """,
              role.metadata().name(),
              role.file(),
              model.provider(),
              model.name(),
              whereAsked(),
              runtime.place(),
              runtime.tools().stream().map(Tool::name).collect(Collectors.joining(", ")),
              role.guardrails().maxToolCalls(),
              role.guardrails().timeout().toSeconds());
      printResult(
          new AgentRun(
              plan,
              Optional.empty(),
              Usage.NONE,
              List.of(),
              Duration.ofNanos(System.nanoTime() - startNanos)));
      return ExitCodes.OK;
    }

    /// A dry run needs no key, and says so where it is missing.
    private String whereAsked() {
      try {
        return "at " + Models.address(model, console.environment());
      } catch (ModelException e) {
        return "(" + e.getMessage() + ")";
      }
    }
  }
}

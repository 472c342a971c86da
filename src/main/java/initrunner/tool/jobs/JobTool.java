package initrunner.tool.jobs;

import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.tool.Arguments;
import initrunner.tool.CallBounds;
import initrunner.tool.Plan;
import initrunner.tool.ShellTool;
import initrunner.tool.Tool;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Starts jobs, which are commands that outlive their call, this process and its connection, and
/// looks after them. A job's command is judged as a command of [ShellTool] is. Immutable.
public final class JobTool implements Tool {

  /// The longest wait of one call.
  private static final int MOST_SECONDS = 600;

  /// What a script needs beside its wait.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final int DESCRIPTION_BYTES = 16 * 1024;
  private static final int LIST_BYTES = 1 << 20;

  /// The functions that a role gives the model.
  public enum Function {
    START("start_job"),
    OUTPUT("job_output"),
    WAIT("wait_jobs"),
    STOP("stop_job"),
    LIST("list_jobs");

    private final String called;

    Function(String called) {
      this.called = called;
    }
  }

  private final Function function;
  private final ShellTool shell;
  private final CallBounds bounds;
  private final JobLimits limits;

  /// @param shell judges the commands of jobs
  /// @param bounds of what the model sees
  public JobTool(Function function, ShellTool shell, CallBounds bounds, JobLimits limits) {
    this.function = function;
    this.shell = shell;
    this.bounds = bounds;
    this.limits = limits;
  }

  @Override
  public String name() {
    return function.called;
  }

  @Override
  public String type() {
    return "jobs";
  }

  @Override
  public String description() {
    return switch (function) {
      case START ->
          "Starts a program in the background and returns the job's id at once. The job goes on when"
              + " this conversation or the connection ends. Use it for what takes longer than a"
              + " minute, and for servers. Its command is written as in run_shell: one program with"
              + " its arguments, no shell.";
      case OUTPUT ->
          "Returns a part of a job's output (both of its streams, mixed) and how the job is.";
      case WAIT -> "Waits until jobs have ended, and says how they ended.";
      case STOP -> "Stops a job and all of its processes, and says whether they are gone.";
      case LIST -> "Lists the jobs on the host, those of other conversations too.";
    };
  }

  @Override
  public List<Parameter> parameters() {
    Parameter id = Parameter.required("id", "The job's id, as start_job gave it");
    return switch (function) {
      case START ->
          List.of(
              Parameter.required("command", "The program and its arguments, as in: make -j 4 all"),
              Parameter.optional("name", "A short name: letters, digits, . _ -"));
      case OUTPUT ->
          List.of(
              id,
              Parameter.number(
                  "from_byte", "Where to begin, as the last answer says; without it, the end"),
              Parameter.number(
                  "wait_seconds", "Wait so long for more output or the job's end (default 0)"));
      case WAIT ->
          List.of(
              Parameter.required("ids", "The ids, with blanks in between"),
              Parameter.optional("until", "any or all of them have ended (default all)"),
              Parameter.number("seconds", "Wait at most so long (default 60)"));
      case STOP -> List.of(id);
      case LIST -> List.of();
    };
  }

  @Override
  public boolean isReadOnly() {
    return switch (function) {
      case START, STOP -> false;
      case OUTPUT, WAIT, LIST -> true;
    };
  }

  @Override
  public int mostCharacters(String parameter) {
    return shell.mostCharacters(parameter);
  }

  @Override
  public Plan plan(Map<String, Object> all) {
    Arguments arguments = new Arguments(all);
    return switch (function) {
      case START -> start(arguments);
      case OUTPUT -> withId(arguments, id -> output(id, arguments));
      case WAIT -> await(arguments);
      case STOP ->
          withId(
              arguments,
              id -> beside(JobScripts.stop(id, GRACE), GRACE.plus(PATIENCE), DESCRIPTION_BYTES));
      case LIST -> beside(JobScripts.list(), Duration.ZERO, LIST_BYTES);
    };
  }

  private Plan start(Arguments arguments) {
    String name = arguments.text("name").orElse("");
    if (!name.isEmpty() && !JobName.isOne(name)) {
      return refused("a job's name is made of " + JobName.ALLOWED);
    }
    return switch (shell.plan(arguments.all())) {
      case Plan.Refused refused -> refused;
      case Plan.Run run -> {
        String id = JobScripts.newId();
        String shown = arguments.text("command").orElse("");
        List<String> argv = run.command().argv();
        String called = name.isEmpty() ? JobName.ofProgram(argv.getFirst()) : name;
        yield new Plan.Started(
            run.command(),
            id,
            launch ->
                new Plan.Run(
                    JobScripts.start(id, called, shown, limits, launch),
                    Limits.timeout(PATIENCE),
                    DESCRIPTION_BYTES,
                    new JobText(function)));
      }
      case Plan.Made other -> throw new IllegalStateException("not a command: " + other);
    };
  }

  private Plan output(String id, Arguments arguments) {
    Optional<Long> from = arguments.number("from_byte");
    if (from.filter(first -> first < 0).isPresent()) {
      return refused("from_byte is " + from.get() + "; the first byte is 0");
    }
    Duration wait = wait(arguments, "wait_seconds", 0);
    int most = bounds.maxOutputBytes();
    return beside(JobScripts.output(id, from, most, wait), wait, most + DESCRIPTION_BYTES);
  }

  private Plan await(Arguments arguments) {
    List<String> ids =
        Arrays.stream(arguments.text("ids").orElse("").split("[\\s,]+", -1))
            .filter(id -> !id.isEmpty())
            .distinct()
            .toList();
    Optional<String> wrong = ids.stream().filter(id -> !JobName.isOne(id)).findFirst();
    String until = arguments.text("until").orElse("all");
    if (ids.isEmpty() || wrong.isPresent()) {
      return refused(wrong.map(JobTool::noId).orElse("wait_jobs needs the ids of jobs"));
    }
    if (!until.equals("any") && !until.equals("all")) {
      return refused("until is any or all");
    }
    Duration wait = wait(arguments, "seconds", 60);
    JobScripts.Until awaited = until.equals("any") ? JobScripts.Until.ANY : JobScripts.Until.ALL;
    return beside(JobScripts.await(ids, awaited, wait), wait, LIST_BYTES);
  }

  private static Plan withId(Arguments arguments, java.util.function.Function<String, Plan> plan) {
    String id = arguments.text("id").orElse("");
    return JobName.isOne(id) ? plan.apply(id) : refused(noId(id));
  }

  private static String noId(String id) {
    return "'" + id + "' is no job's id or name; list_jobs shows them";
  }

  private static Plan refused(String reason) {
    return new Plan.Refused("", "Error: " + reason + ".");
  }

  private Plan beside(Command script, Duration wait, int mostBytes) {
    return new Plan.Beside(
        new Plan.Run(
            script, Limits.timeout(wait.plus(PATIENCE)), mostBytes, new JobText(function)));
  }

  private static Duration wait(Arguments arguments, String name, long otherwise) {
    return Duration.ofSeconds(
        Math.clamp(arguments.number(name).orElse(otherwise), 0, MOST_SECONDS));
  }

  /// Those of the command that it starts.
  @Override
  public List<Map<String, Object>> otherWaysOfWriting(Map<String, Object> arguments) {
    return function == Function.START ? shell.otherWaysOfWriting(arguments) : List.of();
  }
}

package initrunner.tool;

import initrunner.exec.Captured;
import initrunner.exec.Ended;
import initrunner.exec.Excerpt;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import initrunner.exec.RemedyException;
import initrunner.exec.Stop;
import initrunner.text.DurationText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Describes a command's outcome to a model: its end, unless it plainly succeeded, then both
/// outputs. The output is bounded; the lines about the end are always whole.
public final class ResultText {

  private static final String NO_OUTPUT = "(no output)";
  private static final String TRUNCATED = "[truncated]";
  private static final int NOT_FOUND_BY_ENV = 127;

  private ResultText() {}

  /// The text for a command that was started.
  ///
  /// @param run as the tool planned it: its program, its timeout and its bound on the output
  /// @param host the host's name for a person, or `this machine`
  public static String of(Plan.Run run, Outcome outcome, Captured output, String host) {
    List<String> parts = new ArrayList<>(end(run, outcome.ended(), output, host));
    Excerpt stdout = output.stdoutExcerpt();
    Excerpt stderr = output.stderrExcerpt();
    int max = run.maxOutputBytes();
    int stdoutShare = Math.min(stdout.keptBytes(), Math.max(max / 2, max - stderr.keptBytes()));
    stdout = stdout.within(stdoutShare);
    stderr = stderr.within(max - stdoutShare);
    addStream(parts, "STDOUT", stdout);
    addStream(parts, "STDERR", stderr);
    if (outcome.output() == OutputEnd.HELD_OPEN) {
      parts.add(
          "A background process still holds the output open; what it prints from now on is not"
              + " seen.");
    }
    String lost = lostOutput(outcome, host);
    if (!lost.isEmpty()) {
      parts.add(lost.strip());
    }
    if (stdout.isCut() || stderr.isCut()) {
      parts.add(TRUNCATED);
    }
    return parts.isEmpty() ? NO_OUTPUT : String.join("\n", parts);
  }

  /// A last line about an output that is incomplete although the command ended; empty if it is
  /// complete.
  public static String lostOutput(Outcome outcome, String host) {
    return outcome.output() == OutputEnd.CUT && hasEndedByItself(outcome.ended())
        ? "\nThe connection to "
            + host
            + " was lost when the command was over: the end of its output may be missing."
        : "";
  }

  /// The text for a command that was not started.
  public static String notStarted(RemedyException refusal) {
    return "Error: "
        + sentence(refusal.getMessage())
        + " Nothing was started. "
        + sentence(refusal.remedy());
  }

  /// The status of a command's end, for those who watch the run.
  public static ToolResult.Status status(Ended ended) {
    return switch (ended) {
      case Ended.Exited(int status) ->
          status == 0 ? ToolResult.Status.SUCCEEDED : ToolResult.Status.FAILED;
      case Ended.Signaled _, Ended.OutOfMemory _ -> ToolResult.Status.FAILED;
      case Ended.TimedOut _ -> ToolResult.Status.TIMED_OUT;
      case Ended.Cancelled _ -> ToolResult.Status.CANCELLED;
      case Ended.Lost _ -> ToolResult.Status.LOST;
    };
  }

  private static boolean hasEndedByItself(Ended ended) {
    return switch (ended) {
      case Ended.Exited _, Ended.Signaled _, Ended.OutOfMemory _ -> true;
      case Ended.TimedOut _, Ended.Cancelled _, Ended.Lost _ -> false;
    };
  }

  private static List<String> end(Plan.Run run, Ended ended, Captured output, String host) {
    return switch (ended) {
      case Ended.Exited(int status) -> exit(run.command().argv().getFirst(), status, output, host);
      case Ended.Signaled(String name) -> List.of("Killed by signal " + name);
      case Ended.OutOfMemory _ ->
          List.of(
              "Error: Out of memory: it used more than its sandbox allows, and was ended for that.");
      case Ended.TimedOut(Stop stop) ->
          List.of(
              "Error: Execution timed out"
                  + run.limits()
                      .timeout()
                      .map(bound -> " after " + DurationText.seconds(bound) + "s")
                      .orElse("")
                  + ". "
                  + proof(stop, host));
      case Ended.Cancelled(Stop stop) ->
          List.of("Error: Execution was cancelled. " + proof(stop, host));
      case Ended.Lost(String reason) ->
          List.of(
              "Error: the connection to "
                  + host
                  + " was lost after the command was sent: "
                  + sentence(reason)
                  + " The command may have run, and may still be running; it was not retried.");
    };
  }

  private static List<String> exit(String program, int status, Captured output, String host) {
    if (status == 0) {
      return List.of();
    }
    String exitCode = "Exit code: " + status;
    boolean notFound =
        status == NOT_FOUND_BY_ENV
            && output.stderrText().lines().anyMatch(line -> isNotFound(line, program));
    return notFound
        ? List.of("Error: command '" + program + "' not found on " + host, exitCode)
        : List.of(exitCode);
  }

  /// Whether this line of `env` says that the program was not found. Implementations differ in the
  /// quotes and in what precedes them; the text after the name depends on the language.
  private static boolean isNotFound(String line, String program) {
    int env = line.indexOf("env: ");
    if (env < 0 || !(env == 0 || line.charAt(env - 1) == '/')) {
      return false;
    }
    String said = line.substring(env + "env: ".length());
    return Stream.of("", "can't execute ", "exec ")
        .flatMap(before -> Stream.of("'%s'", "‘%s’", "\"%s\"", "%s").map(before::concat))
        .map(form -> form.replace("%s", program) + ": ")
        .anyMatch(said::startsWith);
  }

  private static String proof(Stop stop, String host) {
    return switch (stop) {
      case STOPPED -> "The command was stopped.";
      case STILL_RUNNING -> "It is still running on " + host + ".";
      case UNKNOWN -> "Whether it stopped is unknown.";
    };
  }

  private static void addStream(List<String> parts, String name, Excerpt output) {
    Optional.of(output.text())
        .filter(text -> !text.isEmpty())
        .map(text -> text.endsWith("\n") ? text.substring(0, text.length() - 1) : text)
        .ifPresent(text -> parts.add(name + ":\n" + text));
  }

  private static String sentence(String text) {
    return text.isEmpty() || ".!?:".indexOf(text.charAt(text.length() - 1)) >= 0
        ? text
        : text + ".";
  }
}

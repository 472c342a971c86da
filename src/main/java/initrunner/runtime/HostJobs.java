package initrunner.runtime;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.transport.ShellStatus;
import initrunner.text.SafeText;
import initrunner.tool.jobs.Job;
import initrunner.tool.jobs.JobException;
import initrunner.tool.jobs.JobLimits;
import initrunner.tool.jobs.JobOutputSink;
import initrunner.tool.jobs.JobPart;
import initrunner.tool.jobs.JobScripts;
import initrunner.tool.jobs.StoppedJob;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The jobs on a role's host for a person: no tool's policy applies. Each question is a recorded
/// command. Safe for many threads; each method blocks for the host, and an interrupt ends the
/// question, not the job.
///
/// Each method throws [TransportException] or [LauncherUnavailableException] if nothing was
/// started, [AuditException] if that could not be recorded, and [JobException] if the host refuses.
public final class HostJobs {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final int MOST_BYTES = 8 << 20;
  private static final String COMPLAINT = "initrunner: ";

  private final Sandbox sandbox;
  private final RecordedCommands commands;
  private final JobLimits limits;

  /// @param limits of the jobs that it starts
  HostJobs(Sandbox sandbox, RecordedCommands commands, JobLimits limits) {
    this.limits = limits;
    this.sandbox = sandbox;
    this.commands = commands;
  }

  /// Starts a job, which runs when this returns.
  ///
  /// @param shown the command for a person
  public Job start(Command command, String name, String shown) {
    commands.first().run();
    String id = JobScripts.newId();
    Command script =
        JobScripts.start(
            id, name, shown, limits, sandbox.launched(JobScripts.withOneOutput(command), id));
    String said = asked(commands.beside(), script, Duration.ZERO, "start_job", command.argv());
    Job started =
        Job.all(said).stream()
            .filter(job -> job.id().equals(id))
            .findFirst()
            .orElseThrow(JobException::undescribed);
    commands.trail().jobs(commands.secrets()).ifPresent(rows -> rows.started(started));
    return started;
  }

  public List<Job> list() {
    return found(JobScripts.list(), Duration.ZERO, "list_jobs", List.of());
  }

  /// Waits until jobs have ended, at most so long.
  public List<Job> await(List<String> ids, JobScripts.Until until, Duration most) {
    List<Job> jobs = found(JobScripts.await(ids, until, most), most, "wait_jobs", ids);
    if (jobs.size() < ids.size()) {
      throw JobException.undescribed();
    }
    return jobs;
  }

  /// Stops a job, and says whether its processes are gone.
  public StoppedJob stop(String id) {
    String said = asked(questions(), JobScripts.stop(id, GRACE), GRACE, "stop_job", List.of(id));
    StoppedJob stopped = StoppedJob.of(said);
    record(List.of(stopped.job()));
    return stopped;
  }

  /// Removes the files of jobs that have ended.
  ///
  /// @param age how long ago, at least, if there are no ids; empty for what the role says
  public List<Job> clean(Optional<Duration> age, List<String> ids) {
    return found(
        JobScripts.clean(age.orElse(limits.kept()), ids), Duration.ZERO, "clean_jobs", ids);
  }

  /// Hands on a part of a job's output; a smaller one if the connection ends meanwhile.
  ///
  /// @param from the first byte; empty for the last ones
  /// @param wait for more than that, or for the job's end
  /// @param sink takes the bytes as they come, on this thread
  public JobPart output(String id, Optional<Long> from, long most, Duration wait, Sink sink) {
    Captured complaints = new Captured(4096);
    JobOutputSink parts = new JobOutputSink(new Divided(sink, complaints));
    Outcome outcome =
        run(
            questions(),
            JobScripts.output(id, from, most, wait),
            wait,
            parts,
            "job_output",
            List.of(id));
    boolean isCut = outcome.ended() instanceof Ended.Lost && parts.passed() > 0;
    if (!isCut) {
      requireWell(outcome, complaints);
    }
    JobPart whole = JobPart.of(parts.head());
    record(List.of(whole.job()));
    return isCut ? whole.cut(parts.passed()) : whole;
  }

  /// The output to one, the complaints to another.
  private record Divided(Sink output, Captured complaints) implements Sink {

    @Override
    public void stdout(ByteBuffer bytes) {
      output.stdout(bytes);
    }

    @Override
    public void stderr(ByteBuffer bytes) {
      complaints.stderr(bytes);
    }
  }

  private List<Job> found(Command script, Duration wait, String function, List<String> ids) {
    List<Job> jobs = Job.all(asked(questions(), script, wait, function, ids));
    record(jobs);
    return jobs;
  }

  private RecordedCommands questions() {
    return commands.beside().after(() -> {});
  }

  private void record(List<Job> jobs) {
    commands.trail().jobs(commands.secrets()).ifPresent(rows -> rows.found(jobs));
  }

  private String asked(
      RecordedCommands runner, Command script, Duration wait, String function, List<String> words) {
    Captured captured = new Captured(MOST_BYTES);
    requireWell(run(runner, script, wait, captured, function, words), captured);
    return captured.stdoutText();
  }

  /// @param words for the record: the command of a job that is started, else the ids
  private static Outcome run(
      RecordedCommands runner,
      Command script,
      Duration wait,
      Sink sink,
      String function,
      List<String> words) {
    return runner.run(
        script, Limits.timeout(wait.plus(PATIENCE)), sink, RecordedCall.ofJobs(function, words));
  }

  private JobException refused(String why) {
    return sandbox.place().sandbox().isEmpty()
        ? new JobException(
            why, "initrunner jobs list shows the jobs there, with the same role or --host.")
        : new JobException(
            why + " in sandbox " + sandbox.place().name(),
            "initrunner jobs list shows the jobs of each sandbox; name one with --sandbox.");
  }

  private void requireWell(Outcome outcome, Captured captured) {
    if (outcome.ended().equals(new Ended.Exited(0))) {
      return;
    }
    String said = captured.stderrText().strip();
    if (outcome.ended() instanceof Ended.Exited && said.startsWith(COMPLAINT)) {
      throw refused(SafeText.said(said.substring(COMPLAINT.length())));
    }
    String host = sandbox.place().name();
    throw switch (outcome.ended()) {
      case Ended.Lost(String reason) ->
          new JobException(
              JobException.Kind.LOST,
              "the connection to " + host + " was lost before the answer: " + reason,
              "Ask again; jobs go on meanwhile.");
      case Ended.TimedOut _, Ended.Cancelled _ ->
          new JobException(
              "the question was stopped before " + host + " answered",
              "Ask again; jobs go on meanwhile.");
      case Ended.Exited _, Ended.Signaled _, Ended.OutOfMemory _ ->
          new JobException(
              "a script on " + host + " ended with status " + ShellStatus.of(outcome.ended()),
              said.isEmpty() ? "Ask again; jobs go on meanwhile." : SafeText.said(said));
    };
  }
}

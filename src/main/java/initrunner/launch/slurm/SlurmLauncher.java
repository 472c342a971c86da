package initrunner.launch.slurm;

import initrunner.exec.Command;
import initrunner.exec.Stdin;
import initrunner.launch.Launch;
import initrunner.launch.Launcher;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Leftovers;
import initrunner.launch.ObeyedVariables;
import initrunner.launch.Opening;
import initrunner.launch.Owner;
import initrunner.launch.Probe;
import initrunner.launch.ShellScript;
import initrunner.launch.Trailer;
import initrunner.text.Words;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Starts each command as a job of a Slurm cluster, by `srun`. A command starts in the directory in
/// which `srun` starts, which must exist on the nodes too. A shell on the node checks the limits
/// before the command runs, and reports how it ended: `srun` exits with 0 also for a job whose node
/// failed.
///
/// The job gets the command's variables, its secrets, and a few variables of the login. Variables
/// that `srun` or a shell would obey reach the command alone. `srun` reports a wait in the queue on
/// the error output; the wait is part of the call's time.
///
/// A command with a terminal can read the mark of its trailer: it could say how it ended, which its
/// own exit status says as well, but not that it was never started.
///
/// Immutable, safe for many threads.
public final class SlurmLauncher implements Launcher {

  static final ShellScript START = script("start.sh");
  static final ShellScript JOB = script("job.sh");
  static final ShellScript STOP = script("stop.sh");

  /// The variables of the login that every job gets.
  private static final List<String> LOGIN_VARIABLES =
      Words.of("PATH HOME USER LOGNAME SHELL LANG LC_ALL LC_CTYPE TZ LD_LIBRARY_PATH");

  /// Words with a special meaning for `srun --export`.
  private static final Set<String> EXPORT_WORDS = Set.of("ALL", "NONE", "NIL");

  /// Where the scripts find the format of their trailer.
  private static final String IN_THE_INPUT = "-";

  private static final String JOB_NAME = "initrunner-";

  private static final String UNLIMITED = "unlimited";

  private static final long MEBIBYTE = 1024L * 1024;

  /// Slurm's MinRAMSpace: no job has a lower limit.
  private static final long LEAST_MEBIBYTES = 30;

  private final SlurmRequest request;
  private final Optional<Owner> owner;

  /// A launcher without the checks of [#prepare].
  SlurmLauncher(SlurmRequest request, Optional<Owner> owner) {
    this.request = request;
    this.owner = owner;
  }

  /// Checks that the cluster takes such jobs and enforces their limits, and ends the jobs of owners
  /// that are gone. Blocks.
  ///
  /// @throws LauncherUnavailableException if the cluster does not, with the reason and the next
  ///   step
  public static SlurmLauncher prepare(SlurmRequest request, Probe probe) {
    SlurmLauncher launcher = new SlurmLauncher(request, Owner.current());
    new SlurmPreflight(launcher, request, probe).check();
    return launcher;
  }

  @Override
  public SlurmLauncher lasting() {
    return new SlurmLauncher(request, Optional.empty());
  }

  @Override
  public Launch launch(Command command, String callId) {
    Trailer trailer = Trailer.of(callId, command.stdin());
    boolean isOnTerminal = command.stdin() instanceof Stdin.Terminal;
    String end = isOnTerminal ? trailer.format() : IN_THE_INPUT;
    String opening = isOnTerminal ? Opening.of(command.stdin()).format() : "";
    String name = jobName(callId);
    List<String> argv = START.argv(List.of(end, "srun", "--job-name=" + name));
    argv.addAll(allocation());
    argv.addAll(isOnTerminal ? List.of("--pty") : List.of("--input=0", "--error=/dev/fd/9"));
    argv.addAll(
        List.of(
            "--export=" + String.join(",", exported(command)),
            "/bin/bash",
            "-c",
            JOB.text(),
            JOB.name(),
            end,
            opening,
            Long.toString(bytesToProve()),
            request.limits().fileKibibytes().map(Object::toString).orElse(UNLIMITED),
            request.processes().map(Object::toString).orElse(UNLIMITED),
            switch (request.limits().policy()) {
              case ENFORCE, IF_POSSIBLE -> "must";
              case BEST_EFFORT -> "may";
            }));
    argv.addAll(inItsOwnEnvironment(command));
    Command started =
        command
            .withArgv(argv)
            .withEnvironment(ObeyedVariables.without(command.environment()))
            .withStdin(behindMarks(trailer, command.stdin()));
    Launch launch = new Launch(started, Optional.of(STOP.command(name)), Optional.of(trailer));
    return isOnTerminal ? launch.beginningWith(Opening.of(command.stdin())) : launch;
  }

  private static List<String> inItsOwnEnvironment(Command command) {
    Map<String, String> obeyed = ObeyedVariables.of(command.environment());
    if (obeyed.isEmpty()) {
      return command.argv();
    }
    List<String> argv = new ArrayList<>(List.of("env"));
    obeyed.forEach((name, value) -> argv.add(name + "=" + value));
    // For env, a program with `=` in its name would be a variable.
    argv.addAll(List.of("/bin/sh", "-c", "exec \"$0\" \"$@\""));
    argv.addAll(command.argv());
    return argv;
  }

  /// The input behind two lines with the trailer's format, but for a terminal, which would show
  /// them. Bytes stay bytes, so that they can be sent again.
  private static Stdin behindMarks(Trailer trailer, Stdin stdin) {
    byte[] marks = (trailer.format() + "\n").repeat(2).getBytes(StandardCharsets.US_ASCII);
    return switch (stdin) {
      case Stdin.Nothing() -> new Stdin.Bytes(marks);
      case Stdin.Bytes(byte[] content) -> {
        byte[] whole = Arrays.copyOf(marks, marks.length + content.length);
        System.arraycopy(content, 0, whole, marks.length, content.length);
        yield new Stdin.Bytes(whole);
      }
      case Stdin.Stream(InputStream source) ->
          new Stdin.Stream(new SequenceInputStream(new ByteArrayInputStream(marks), source));
      case Stdin.Terminal _ -> stdin;
    };
  }

  @Override
  public String name() {
    return "slurm";
  }

  /// The options of `srun` that say what a job needs.
  List<String> allocation() {
    List<String> options = new ArrayList<>(request.extraArgs());
    request.partition().ifPresent(value -> options.add("--partition=" + value));
    request.account().ifPresent(value -> options.add("--account=" + value));
    request.qos().ifPresent(value -> options.add("--qos=" + value));
    request.time().ifPresent(value -> options.add("--time=" + value));
    request.gpus().ifPresent(value -> options.add("--gpus=" + value));
    request
        .nodes()
        .ifPresentOrElse(
            nodes ->
                options.addAll(
                    List.of(
                        "--nodes=" + nodes,
                        "--ntasks=" + nodes,
                        "--ntasks-per-node=1",
                        "--wait=0")),
            () -> options.add("--ntasks=1"));
    options.add("--cpus-per-task=" + (long) Math.ceil(request.limits().cpus()));
    options.add("--mem=" + mebibytes() + "M");
    return options;
  }

  private String jobName(String callId) {
    return JOB_NAME + callId + owner.map(process -> "." + process.text()).orElse("");
  }

  /// The name of a job, if its owner is certainly gone.
  static Optional<String> ifGone(String jobName) {
    return Leftovers.ifGone(jobName).filter(name -> name.startsWith(JOB_NAME));
  }

  private long mebibytes() {
    return Math.max(1, Math.ceilDiv(request.limits().memoryBytes(), MEBIBYTE));
  }

  private long bytesToProve() {
    return switch (request.limits().policy()) {
      case ENFORCE -> Math.max(mebibytes(), LEAST_MEBIBYTES) * MEBIBYTE;
      case BEST_EFFORT, IF_POSSIBLE -> 0;
    };
  }

  private static Set<String> exported(Command command) {
    Set<String> names = new LinkedHashSet<>(LOGIN_VARIABLES);
    if (command.stdin() instanceof Stdin.Terminal) {
      names.add("TERM");
    }
    names.addAll(ObeyedVariables.without(command.environment()).keySet());
    names.addAll(command.secrets().names());
    for (String name : names) {
      if (EXPORT_WORDS.contains(name.toUpperCase(Locale.ROOT))) {
        throw new LauncherUnavailableException(
            "variable "
                + name
                + " cannot be passed to a Slurm job: its name has a special meaning for"
                + " srun --export",
            "Give the variable another name.");
      }
    }
    return names;
  }

  private static ShellScript script(String file) {
    return ShellScript.packaged("initrunner", SlurmLauncher.class, file);
  }
}

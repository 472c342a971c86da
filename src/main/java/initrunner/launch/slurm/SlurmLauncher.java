package initrunner.launch.slurm;

import initrunner.exec.Command;
import initrunner.exec.Stdin;
import initrunner.launch.Launch;
import initrunner.launch.Launcher;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.ObeyedVariables;
import initrunner.launch.Owner;
import initrunner.launch.Probe;
import initrunner.launch.Trailer;
import initrunner.text.PackagedText;
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

/// Starts each command as a job of a Slurm cluster, by `srun`. Where a command starts is where
/// `srun` starts: that directory must be there on the nodes too. A node's shell looks at the limits
/// before the command runs, and says how it ended: `srun` alone exits with 0 for a job whose node
/// failed.
///
/// Of the environment of `srun`, the job gets the variables of the command, its secrets, and the
/// few that a login is made of. What `srun` and the shells around it would obey themselves reaches
/// the command alone. A queue wait is told by `srun` on the error output, and is part of the call's
/// time. Immutable, safe for many threads.
public final class SlurmLauncher implements Launcher {

  static final String START = PackagedText.read(SlurmLauncher.class, "start.sh");
  static final String JOB = PackagedText.read(SlurmLauncher.class, "job.sh");
  static final String STOP = PackagedText.read(SlurmLauncher.class, "stop.sh");

  /// What every job gets of the login's environment.
  private static final List<String> LOGIN_VARIABLES =
      List.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "SHELL",
          "LANG",
          "LC_ALL",
          "LC_CTYPE",
          "TZ",
          "LD_LIBRARY_PATH");

  /// Names that `srun --export` has another meaning for.
  private static final Set<String> EXPORT_WORDS = Set.of("ALL", "NONE", "NIL");

  private static final String JOB_NAME = "initrunner-";

  private static final String UNLIMITED = "unlimited";

  private static final long MEBIBYTE = 1024L * 1024;

  /// Slurm's MinRAMSpace: no job is held to less.
  private static final long LEAST_MEBIBYTES = 30;

  private final SlurmRequest request;
  private final Optional<Owner> owner;

  /// One that believes the place to be fit; see [#prepare].
  SlurmLauncher(SlurmRequest request, Optional<Owner> owner) {
    this.request = request;
    this.owner = owner;
  }

  /// Asks a place whether its cluster takes such jobs, and holds them to their limits. Ends jobs
  /// that outlived the process that had them started. Blocks.
  ///
  /// @throws LauncherUnavailableException if not, with the reason and the next step
  public static SlurmLauncher prepare(SlurmRequest request, Probe probe) {
    SlurmLauncher launcher = new SlurmLauncher(request, Owner.current());
    new SlurmPreflight(launcher, request, probe).check();
    return launcher;
  }

  @Override
  public Launch launch(Command command, String callId) {
    Trailer trailer = Trailer.of(callId);
    String name = jobName(callId);
    List<String> argv = new ArrayList<>(List.of("sh", "-c", START, "initrunner"));
    argv.addAll(List.of("srun", "--job-name=" + name));
    argv.addAll(allocation());
    argv.addAll(
        List.of(
            "--input=0",
            "--error=/dev/fd/9",
            "--export=" + String.join(",", exported(command)),
            "/bin/bash",
            "-c",
            JOB,
            "initrunner",
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
    return new Launch(started, Optional.of(stop(name)), Optional.of(trailer));
  }

  private static List<String> inItsOwnEnvironment(Command command) {
    Map<String, String> obeyed = ObeyedVariables.of(command.environment());
    if (obeyed.isEmpty()) {
      return command.argv();
    }
    List<String> argv = new ArrayList<>(List.of("env"));
    obeyed.forEach((name, value) -> argv.add(name + "=" + value));
    // Of a program with `=` in its name, env would make a variable.
    argv.addAll(List.of("/bin/sh", "-c", "exec \"$0\" \"$@\""));
    argv.addAll(command.argv());
    return argv;
  }

  /// What can be sent again stays so.
  private static Stdin behindMarks(Trailer trailer, Stdin stdin) {
    byte[] marks = (trailer.mark() + "\n").repeat(2).getBytes(StandardCharsets.US_ASCII);
    return switch (stdin) {
      case Stdin.Nothing() -> new Stdin.Bytes(marks);
      case Stdin.Bytes(byte[] content) -> {
        byte[] whole = Arrays.copyOf(marks, marks.length + content.length);
        System.arraycopy(content, 0, whole, marks.length, content.length);
        yield new Stdin.Bytes(whole);
      }
      case Stdin.Stream(InputStream source) ->
          new Stdin.Stream(new SequenceInputStream(new ByteArrayInputStream(marks), source));
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

  /// What ends the job of a name, if the process on whose behalf it was is gone for certain.
  static Optional<Command> endOf(String jobName) {
    return Optional.of(jobName)
        .filter(name -> name.startsWith(JOB_NAME))
        .filter(name -> new Owner(name.substring(name.indexOf('.') + 1)).isGone())
        .map(SlurmLauncher::stop);
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
    names.addAll(ObeyedVariables.without(command.environment()).keySet());
    names.addAll(command.secrets().names());
    for (String name : names) {
      if (EXPORT_WORDS.contains(name.toUpperCase(Locale.ROOT))) {
        throw new LauncherUnavailableException(
            "variable "
                + name
                + " cannot be handed to a Slurm job: srun --export takes the name"
                + " for a word of its own",
            "Give the variable another name.");
      }
    }
    return names;
  }

  private static Command stop(String jobName) {
    return new Command(
        List.of("sh", "-c", STOP, "initrunner", jobName),
        Map.of(),
        Optional.empty(),
        Stdin.nothing());
  }
}

package initrunner.tool.jobs;

import initrunner.exec.Command;
import initrunner.exec.Stdin;
import initrunner.exec.transport.CallCookie;
import initrunner.exec.transport.ProcessHunt;
import initrunner.launch.Launch;
import initrunner.launch.Opening;
import initrunner.launch.Trailer;
import initrunner.text.PackagedText;
import initrunner.text.SafeText;
import initrunner.text.ShellWord;
import initrunner.tool.ShellInput;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The commands that start jobs on a host and look after them. They run on the host itself, outside
/// of a launcher, in any POSIX shell with `/proc` and `setsid`. Pure functions.
public final class JobScripts {

  private static final String LIBRARY = read("jobs.sh");
  private static final String SURVIVES = read("survives.sh");
  private static final String START = LIBRARY + SURVIVES + read("start.sh");
  private static final String SUPERVISE = read("supervise.sh");
  private static final String INNER = read("inner.sh");
  private static final String HUNT = PackagedText.read(ProcessHunt.class, "stop.sh");
  private static final int MOST_SHOWN = 500;
  private static final int ID_BYTES = 6;
  private static final SecureRandom RANDOM = new SecureRandom();

  private JobScripts() {}

  private static String read(String script) {
    return PackagedText.read(JobScripts.class, script);
  }

  /// Prints whether jobs outlive the logout of the account: `yes`, or `no` or `unknown` with a
  /// reason.
  public static Command survives() {
    return Command.of("sh", "-c", SURVIVES + "survives");
  }

  /// An id for a new job.
  public static String newId() {
    byte[] bytes = new byte[ID_BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// The command of a job, as a launcher is to start it: both of its outputs are one.
  public static Command withOneOutput(Command command) {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", "exec \"$0\" \"$@\" 2>&1"));
    argv.addAll(command.argv());
    return command.withArgv(argv);
  }

  /// Starts a job and ends when it runs. It prints the job's description.
  ///
  /// @param shown the command as its starter wrote it
  /// @param launch [#withOneOutput] of the command, in the directory where it starts
  public static Command start(
      String id, String name, String shown, JobLimits limits, Launch launch) {
    String cookie = CallCookie.random().value();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                id,
                facts(name, shown, cookie, launch),
                Integer.toString(limits.maxRunning()),
                Long.toString(limits.kept().toDays()),
                SUPERVISE,
                INNER,
                launch.cleanup().map(JobScripts::line).orElse(":"),
                Long.toString(limits.firstFiles()),
                Long.toString(limits.lastFiles()),
                Long.toString(limits.maxTime().map(Duration::toSeconds).orElse(0L)),
                cookie,
                CallCookie.random().value()));
    arguments.addAll(launch.command().argv());
    ShellInput input = new ShellInput(START).arguments(arguments);
    if (launch.command().stdin() instanceof Stdin.Bytes(byte[] content)) {
      input.content(content);
    }
    return input
        .command(launch.command().workingDirectory())
        .withEnvironment(launch.command().environment());
  }

  private static String facts(String name, String shown, String cookie, Launch launch) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "name " + SafeText.oneLine(name),
                "command " + SafeText.cut(SafeText.oneLine(shown), MOST_SHOWN),
                "cookie " + cookie));
    launch.opening().map(Opening::mark).ifPresent(mark -> lines.add("opening " + mark));
    launch.trailer().map(Trailer::mark).ifPresent(mark -> lines.add("trailer " + mark));
    return String.join("\n", lines);
  }

  private static String line(Command command) {
    return command.argv().stream().map(ShellWord::quote).collect(Collectors.joining(" "));
  }

  /// Prints a job's description, `from N`, `to N`, an empty line, and its output between these.
  ///
  /// @param from the first byte; empty for the last ones
  /// @param most bytes
  /// @param wait for more than `from` bytes, or for the end of the job
  public static Command output(String id, Optional<Long> from, long most, Duration wait) {
    return script(
        "output.sh",
        List.of(
            id,
            from.map(Object::toString).orElse("end"),
            Long.toString(most),
            Long.toString(wait.toSeconds())));
  }

  /// How many jobs are waited for.
  public enum Until {
    ANY,
    ALL
  }

  /// Waits until jobs have ended, and prints their descriptions.
  ///
  /// @param wait at most
  public static Command await(List<String> ids, Until until, Duration wait) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                switch (until) {
                  case ANY -> "any";
                  case ALL -> "all";
                },
                Long.toString(wait.toSeconds())));
    arguments.addAll(ids);
    return script("wait.sh", arguments);
  }

  /// Stops a job. It prints `verdict WORD` of the hunt, `cleanup STATUS`, and the description.
  ///
  /// @param grace between TERM and KILL
  public static Command stop(String id, Duration grace) {
    return script("stop.sh", List.of(id, Long.toString(grace.toMillis() / 100), HUNT));
  }

  /// Prints the descriptions of all jobs.
  public static Command list() {
    return script("list.sh", List.of());
  }

  /// Removes jobs that have ended, and prints their descriptions.
  ///
  /// @param age how long ago, at least, if no ids are given
  /// @param ids which ones; none for all
  public static Command clean(Duration age, List<String> ids) {
    List<String> arguments = new ArrayList<>(List.of(Long.toString(age.toSeconds())));
    arguments.addAll(ids);
    return script("clean.sh", arguments);
  }

  private static Command script(String name, List<String> arguments) {
    return new ShellInput(LIBRARY + read(name)).arguments(arguments).command(Optional.empty());
  }
}

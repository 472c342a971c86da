package initrunner.launch;

import initrunner.exec.Command;
import initrunner.text.PackagedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How a place holds a command to its limits. Pure: puts what enforces them in front of a command.
public enum LimitMeans {
  /// A cgroup for each call, which reads back what it is to enforce and tells out of memory apart.
  CGROUP("cgroup.sh", "initrunner-cgroup"),
  /// A scope of the account's own systemd for each call, which does as much.
  SYSTEMD("scope.sh", "initrunner-scope"),
  /// Resource limits of each process, address space above all. They bound no processor.
  RLIMIT,
  /// Nothing holds it.
  NONE;

  private static final int QUOTA_PERIOD_MICROS = 100_000;

  /// No Linux has larger ones.
  private static final long MAX_PAGE_BYTES = 64 * 1024;

  /// Bounds files by what POSIX has for it; `$0` is the size in blocks. What does not read back
  /// keeps the command from running, and a limit that is less already is as good.
  private static final String BOUND_FILES =
      "ulimit -f \"$0\" 2>/dev/null || [ \"$(ulimit -f)\" -le \"$0\" ] && exec \"$@\"";

  private static final int BLOCKS_PER_KIBIBYTE = 2;

  /// The text of what watches a command; empty where nothing does.
  private final String watcher;

  private final String watcherName;

  LimitMeans() {
    watcher = "";
    watcherName = "";
  }

  LimitMeans(String script, String name) {
    watcher = PackagedText.read(LimitMeans.class, script);
    watcherName = name;
  }

  /// The command, held to the limits.
  ///
  /// @param owner the process on whose behalf it is, so that another can end what outlived it
  public Launch hold(Command command, ResourceLimits limits, String callId, Optional<Owner> owner) {
    List<String> bounded = behind(fileLimit(limits), command.argv());
    return switch (this) {
      case CGROUP, SYSTEMD -> watched(command, limits, callId, owner);
      case RLIMIT -> Launch.plain(command.withArgv(behind(rlimit(limits), bounded)));
      case NONE -> Launch.plain(command.withArgv(bounded));
    };
  }

  private Launch watched(
      Command command, ResourceLimits limits, String callId, Optional<Owner> owner) {
    Trailer trailer = Trailer.of(callId);
    String name = callId + owner.map(process -> "." + process.text()).orElse("");
    List<String> run =
        new ArrayList<>(this == SYSTEMD ? scripted("begin", watcher, name) : scripted("run", name));
    run.addAll(
        List.of(
            trailer.mark(),
            Long.toString(wholePages(limits)),
            Long.toString(quotaMicros(limits)),
            Integer.toString(limits.processes()),
            blocks(limits).orElse("unlimited")));
    return new Launch(
        command.withArgv(behind(run, command.argv())),
        Optional.of(cleared(name)),
        Optional.of(trailer));
  }

  private List<String> scripted(String... arguments) {
    return behind(List.of("sh", "-c", watcher, watcherName), List.of(arguments));
  }

  /// Of each period. Systemd takes whole percents.
  private long quotaMicros(ResourceLimits limits) {
    return this == SYSTEMD
        ? Math.round(limits.cpus() * 100) * (QUOTA_PERIOD_MICROS / 100)
        : Math.round(limits.cpus() * QUOTA_PERIOD_MICROS);
  }

  /// The memory in bytes, rounded down as the kernel does it, so that it reads back as written.
  private static long wholePages(ResourceLimits limits) {
    return limits.memoryBytes() / MAX_PAGE_BYTES * MAX_PAGE_BYTES;
  }

  private Command cleared(String name) {
    return Command.of("sh").withArgv(scripted("clear", name));
  }

  /// Prints the names of what calls are held by at a place.
  public Command left() {
    return Command.of("sh").withArgv(scripted("list"));
  }

  /// What ends a call that outlived the process on whose behalf it was.
  ///
  /// @param name as [#left] printed it
  /// @return empty if that process may still run, or nobody knows
  public Optional<Command> endOf(String name) {
    String owner = name.substring(name.indexOf('.') + 1);
    return new Owner(owner).isGone() ? Optional.of(cleared(name)) : Optional.empty();
  }

  private static Optional<String> blocks(ResourceLimits limits) {
    return limits.fileKibibytes().map(kibibytes -> Long.toString(kibibytes * BLOCKS_PER_KIBIBYTE));
  }

  private static List<String> fileLimit(ResourceLimits limits) {
    return blocks(limits).map(blocks -> List.of("sh", "-c", BOUND_FILES, blocks)).orElse(List.of());
  }

  private static List<String> rlimit(ResourceLimits limits) {
    return List.of(
        "prlimit", "--as=" + limits.memoryBytes(), "--nproc=" + limits.processes(), "--");
  }

  private static List<String> behind(List<String> before, List<String> argv) {
    List<String> whole = new ArrayList<>(before);
    whole.addAll(argv);
    return whole;
  }
}

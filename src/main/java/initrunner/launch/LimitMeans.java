package initrunner.launch;

import initrunner.exec.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How a host enforces a command's limits. Pure: puts the enforcing program in front of a command.
public enum LimitMeans {
  /// A cgroup for each call. Its limits are read back, and it tells out of memory from a crash.
  CGROUP("cgroup.sh", "initrunner-cgroup"),
  /// A scope of the account's own systemd for each call, with the same properties.
  SYSTEMD("scope.sh", "initrunner-scope"),
  /// The resource limits of each process: address space instead of memory, and no processors.
  RLIMIT,
  /// Nothing enforces them.
  NONE;

  private static final int QUOTA_PERIOD_MICROS = 100_000;

  /// The largest page size of any Linux.
  private static final long MAX_PAGE_BYTES = 64 * 1024;

  /// Runs `$@` if the limit of files, `$0` blocks, reads back. A lower limit is good enough.
  private static final String BOUND_FILES =
      "ulimit -f \"$0\" 2>/dev/null || [ \"$(ulimit -f)\" -le \"$0\" ] && exec \"$@\"";

  private static final int BLOCKS_PER_KIBIBYTE = 2;

  /// Watches a command; empty if this means needs no watcher.
  @SuppressWarnings("ImmutableEnumChecker") // ShellScript is a record of two texts
  private final Optional<ShellScript> watcher;

  LimitMeans() {
    watcher = Optional.empty();
  }

  LimitMeans(String script, String name) {
    watcher = Optional.of(ShellScript.packaged(name, LimitMeans.class, script));
  }

  /// The command under these limits.
  ///
  /// @param owner the process that starts the call: once it is gone, another one may end the call
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
    Trailer trailer = Trailer.of(callId, command.stdin());
    String name = callId + owner.map(process -> "." + process.text()).orElse("");
    ShellScript script = watcher.orElseThrow();
    List<String> run =
        behind(
            this == SYSTEMD ? List.of("begin", script.text(), name) : List.of("run", name),
            List.of(
                trailer.format(),
                Long.toString(wholePages(limits)),
                Long.toString(quotaMicros(limits)),
                Integer.toString(limits.processes()),
                blocks(limits).orElse("unlimited")));
    return new Launch(
        command.withArgv(script.argv(behind(run, command.argv()))),
        Optional.of(script.command("clear", name)),
        Optional.of(trailer));
  }

  /// The processor time of one period. Systemd takes whole percents.
  private long quotaMicros(ResourceLimits limits) {
    return this == SYSTEMD
        ? Math.round(limits.cpus() * 100) * (QUOTA_PERIOD_MICROS / 100)
        : Math.round(limits.cpus() * QUOTA_PERIOD_MICROS);
  }

  /// The memory in bytes, rounded down as the kernel rounds it, so that it reads back as written.
  private static long wholePages(ResourceLimits limits) {
    return limits.memoryBytes() / MAX_PAGE_BYTES * MAX_PAGE_BYTES;
  }

  /// Prints the names of the calls that a host holds.
  public Command held() {
    return watcher.orElseThrow().command("list");
  }

  /// The commands that end calls.
  ///
  /// @param names as [#held] prints them
  public List<Command> ends(List<String> names) {
    ShellScript script = watcher.orElseThrow();
    return names.stream().map(name -> script.command("clear", name)).toList();
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

package initrunner.launch;

import initrunner.exec.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// How a place holds a command to its limits. Pure: puts what enforces them in front of a command.
enum LimitMeans {
  /// A cgroup for each call, which reads back what it is to enforce and tells out of memory apart.
  CGROUP,
  /// A scope of the account's own systemd.
  SYSTEMD,
  /// Resource limits of each process, address space above all. They bound no processor.
  RLIMIT,
  /// Nothing holds it.
  NONE;

  private static final String SCRIPT = script();
  private static final int QUOTA_PERIOD_MICROS = 100_000;

  /// No Linux has larger ones.
  private static final long MAX_PAGE_BYTES = 64 * 1024;

  /// Bounds files by what POSIX has for it; `$0` is the size in blocks. What does not read back
  /// keeps the command from running, and a limit that is less already is as good.
  private static final String BOUND_FILES =
      "ulimit -f \"$0\" 2>/dev/null || [ \"$(ulimit -f)\" -le \"$0\" ] && exec \"$@\"";

  private static final int BLOCKS_PER_KIBIBYTE = 2;

  private static String script() {
    try (InputStream resource = LimitMeans.class.getResourceAsStream("cgroup.sh")) {
      if (resource == null) {
        throw new IllegalStateException("cgroup.sh is missing from the jar");
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The command, held to the limits.
  ///
  /// @param owner the process on whose behalf it is, so that another can end what outlived it
  Launch hold(Command command, ResourceLimits limits, String callId, Optional<Owner> owner) {
    List<String> bounded = behind(fileLimit(limits), command.argv());
    return switch (this) {
      case CGROUP -> inCgroup(command, limits, callId, owner);
      case SYSTEMD -> Launch.plain(command.withArgv(behind(systemd(limits), bounded)));
      case RLIMIT -> Launch.plain(command.withArgv(behind(rlimit(limits), bounded)));
      case NONE -> Launch.plain(command.withArgv(bounded));
    };
  }

  private static Launch inCgroup(
      Command command, ResourceLimits limits, String callId, Optional<Owner> owner) {
    Trailer trailer = Trailer.of(callId);
    String name = callId + owner.map(process -> "." + process.text()).orElse("");
    List<String> run =
        List.of(
            "sh",
            "-c",
            SCRIPT,
            "initrunner-cgroup",
            "run",
            name,
            trailer.mark(),
            Long.toString(wholePages(limits)),
            Long.toString(Math.round(limits.cpus() * QUOTA_PERIOD_MICROS)),
            Integer.toString(limits.processes()),
            blocks(limits).orElse("unlimited"));
    return new Launch(
        command.withArgv(behind(run, command.argv())),
        Optional.of(cleared(name)),
        Optional.of(trailer));
  }

  /// The memory in bytes, rounded down as the kernel does it, so that it reads back as written.
  static long wholePages(ResourceLimits limits) {
    return limits.memoryBytes() / MAX_PAGE_BYTES * MAX_PAGE_BYTES;
  }

  private static Command cleared(String name) {
    return Command.of("sh", "-c", SCRIPT, "initrunner-cgroup", "clear", name);
  }

  /// Prints the names of the cgroups that calls have at a place.
  static Command left() {
    return Command.of("sh", "-c", SCRIPT, "initrunner-cgroup", "list");
  }

  /// What ends a call that outlived the process on whose behalf it was.
  ///
  /// @param name as [#left] printed it
  /// @return empty if that process may still run, or nobody knows
  static Optional<Command> endOf(String name) {
    String owner = name.substring(name.indexOf('.') + 1);
    return new Owner(owner).isGone() ? Optional.of(cleared(name)) : Optional.empty();
  }

  private static Optional<String> blocks(ResourceLimits limits) {
    return limits.fileKibibytes().map(kibibytes -> Long.toString(kibibytes * BLOCKS_PER_KIBIBYTE));
  }

  private static List<String> fileLimit(ResourceLimits limits) {
    return blocks(limits).map(blocks -> List.of("sh", "-c", BOUND_FILES, blocks)).orElse(List.of());
  }

  private static List<String> systemd(ResourceLimits limits) {
    return List.of(
        "systemd-run",
        "--user",
        "--scope",
        "--quiet",
        "-p",
        "MemoryMax=" + wholePages(limits),
        "-p",
        "MemorySwapMax=0",
        "-p",
        String.format(Locale.ROOT, "CPUQuota=%d%%", Math.round(limits.cpus() * 100)),
        "-p",
        "TasksMax=" + limits.processes(),
        "--");
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

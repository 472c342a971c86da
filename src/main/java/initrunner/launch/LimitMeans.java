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

  /// The kernel rounds down to whole pages; no Linux has larger ones.
  private static final long MAX_PAGE_BYTES = 64 * 1024;

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
  Launch hold(Command command, ResourceLimits limits, String callId) {
    return switch (this) {
      case CGROUP -> inCgroup(command, limits, callId);
      case SYSTEMD -> Launch.plain(command.withArgv(behind(systemd(limits), command.argv())));
      case RLIMIT -> Launch.plain(command.withArgv(behind(rlimit(limits), command.argv())));
      case NONE -> Launch.plain(command);
    };
  }

  private static Launch inCgroup(Command command, ResourceLimits limits, String callId) {
    Trailer trailer = Trailer.of(callId);
    List<String> run =
        List.of(
            "sh",
            "-c",
            SCRIPT,
            "initrunner-cgroup",
            "run",
            callId,
            trailer.mark(),
            Long.toString(limits.memoryBytes() / MAX_PAGE_BYTES * MAX_PAGE_BYTES),
            Long.toString(Math.round(limits.cpus() * QUOTA_PERIOD_MICROS)),
            Integer.toString(limits.processes()));
    Command clear = Command.of("sh", "-c", SCRIPT, "initrunner-cgroup", "clear", callId);
    return new Launch(
        command.withArgv(behind(run, command.argv())), Optional.of(clear), Optional.of(trailer));
  }

  private static List<String> systemd(ResourceLimits limits) {
    return List.of(
        "systemd-run",
        "--user",
        "--scope",
        "--quiet",
        "-p",
        "MemoryMax=" + limits.memoryBytes(),
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

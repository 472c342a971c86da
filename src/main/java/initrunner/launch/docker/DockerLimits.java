package initrunner.launch.docker;

import initrunner.exec.Command;
import initrunner.launch.Containment;
import initrunner.launch.Launch;
import initrunner.launch.Owner;
import initrunner.launch.Probe;
import initrunner.launch.ResourceLimits;
import initrunner.launch.Trailer;
import initrunner.launch.Trailer.Cause;
import initrunner.text.PackagedText;
import initrunner.text.SafeText;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Checks whether an engine enforces the limits of containers: it reads them back from the kernel
/// in a container, because an engine may ignore a limit with a warning. Immutable; each question
/// blocks.
record DockerLimits(
    DockerEngine engine, ResourceLimits limits, DockerOptions options, Probe probe) {

  private static final Logger LOG = System.getLogger(DockerLimits.class.getName());

  private static final String FILE_SIZE = "file_size_limit";

  private static final Duration BOUND = Duration.ofSeconds(60);

  /// The largest page size of any Linux: the kernel rounds down to whole pages.
  private static final long MAX_PAGE_BYTES = 64 * 1024;

  private static final String READ = PackagedText.read(DockerLimits.class, "limits.sh");

  private static final int BLOCKS_PER_KIBIBYTE = 2;

  /// Starts one container as a command's, without the image's entrypoint, which may print anything.
  void require(Containment containment) {
    DockerOptions direct = options.withEntrypoint("sh");
    Launch launch =
        new DockerLauncher(containment, direct, engine, Owner.current())
            .launch(Command.of("-c", READ), Probe.callId());
    Probe.Answer answer = probe.ask(launch.command(), BOUND);
    Trailer trailer = launch.trailer().orElseThrow();
    Optional<Trailer.End> end = trailer.read(answer.stderr());
    if (end.isEmpty()) {
      launch.cleanup().ifPresent(cleanup -> probe.ask(cleanup, BOUND));
    }
    if (end.isEmpty() || end.get().cause() == Cause.UNSTARTED) {
      throw DockerProbe.unavailable(
          "a container cannot be started there" + withoutTrailer(answer, trailer).because(),
          "Try by hand: " + engine.name() + " run --rm " + options.image() + " true");
    }
    if (end.get().cause() == Cause.OOM) {
      throw DockerProbe.unavailable(
          "memory_limit is too small for a shell", "Raise it, for example memory_limit: 256m.");
    }
    boolean isReadable = end.get().status() == 0 && options.runtime().isEmpty();
    List<String> open = isReadable ? notHeld(answer.stdout()) : notClaimed();
    if (!open.isEmpty()) {
      report(String.join(", ", open));
    }
  }

  private static Probe.Answer withoutTrailer(Probe.Answer answer, Trailer trailer) {
    return new Probe.Answer(answer.status(), answer.stdout(), trailer.withoutIt(answer.stderr()));
  }

  private void report(String open) {
    String reason = engine.name() + " does not enforce there: " + open;
    boolean isAsked =
        switch (limits.policy()) {
          case ENFORCE -> true;
          case BEST_EFFORT -> false;
          case IF_POSSIBLE -> open.contains(FILE_SIZE);
        };
    if (isAsked) {
      throw DockerProbe.unavailable(
          reason,
          "Use an engine that does (for rootless ones: cgroup v2, with the controllers delegated to"
              + " the account), or set limits: best_effort.");
    }
    LOG.log(Level.WARNING, "In containers, {0}", reason);
  }

  /// @param read what the script printed inside
  List<String> notHeld(String read) {
    List<String> lines = read.lines().toList();
    List<String> open = new ArrayList<>();
    if (lines.size() != 5) {
      return List.of("limits (there is no /sys/fs/cgroup to read them back from)");
    }
    long memory = word(lines.get(0), 0);
    if (memory > limits.memoryBytes() || memory <= limits.memoryBytes() - MAX_PAGE_BYTES) {
      open.add(lack("memory_limit", limits.memoryBytes(), lines.get(0)));
    }
    double quota = word(lines.get(1), 0);
    String period = lines.get(2);
    double cpus = quota / word(period, period.strip().indexOf(' ') < 0 ? 0 : 1);
    boolean isAsAsked = isExtra("--cpu") || Math.abs(cpus - limits.cpus()) < 0.011;
    if (quota <= 0 || quota == Long.MAX_VALUE || !isAsAsked) {
      open.add(lack("cpu_limit", limits.cpus(), lines.get(1)));
    }
    long processes = word(lines.get(3), 0);
    if (processes > limits.processes() && !(isExtra("--pids") && processes < Long.MAX_VALUE)) {
      open.add(lack("process_limit", limits.processes(), lines.get(3)));
    }
    filesNotHeld(lines.get(4)).ifPresent(open::add);
    return open;
  }

  private Optional<String> filesNotHeld(String blocks) {
    return limits
        .fileKibibytes()
        .filter(kibibytes -> word(blocks, 0) > kibibytes * BLOCKS_PER_KIBIBYTE)
        .map(kibibytes -> lack(FILE_SIZE, kibibytes + " KiB", blocks));
  }

  private static String lack(String field, Object asked, String read) {
    return field + " (" + asked + " asked, read " + SafeText.said(read) + ")";
  }

  private boolean isExtra(String prefix) {
    return options.extraArguments().stream().anyMatch(word -> word.startsWith(prefix));
  }

  private static long word(String line, int index) {
    String[] words = line.strip().split(" ", -1);
    return index < words.length && words[index].matches("-?[0-9]{1,18}")
        ? Long.parseLong(words[index])
        : Long.MAX_VALUE;
  }

  /// If nothing can be read inside (an image without a shell, a runtime with its own kernel),
  /// Docker's report on the host's kernel must do.
  private List<String> notClaimed() {
    if (engine.brand() == DockerEngine.Brand.PODMAN) {
      return List.of("limits that could be read back (the image has no shell)");
    }
    Probe.Answer info =
        probe.ask(
            Command.of(
                engine.program(),
                "info",
                "--format",
                "{{.MemoryLimit}} {{.CPUCfsQuota}} {{.PidsLimit}}"),
            BOUND);
    String claimed = info.stdout().strip();
    return claimed.equals("true true true")
        ? List.of()
        : List.of("limits (its kernel's memory, cpu, pids: " + SafeText.said(claimed) + ")");
  }
}

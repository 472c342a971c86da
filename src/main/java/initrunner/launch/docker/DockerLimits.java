package initrunner.launch.docker;

import initrunner.exec.Command;
import initrunner.launch.Containment;
import initrunner.launch.Launch;
import initrunner.launch.Owner;
import initrunner.launch.Probe;
import initrunner.launch.ProbeCall;
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

/// Whether an engine holds its containers to their limits, by what the kernel says inside of one.
/// An engine that cannot may say so in a warning and go on. Immutable; each question blocks.
record DockerLimits(
    DockerEngine engine, ResourceLimits limits, DockerOptions options, Probe probe) {

  private static final Logger LOG = System.getLogger(DockerLimits.class.getName());

  private static final String FILE_SIZE = "file_size_limit";

  private static final Duration BOUND = Duration.ofSeconds(60);

  /// The kernel rounds down to whole pages; no Linux has larger ones.
  private static final long MAX_PAGE_BYTES = 64 * 1024;

  private static final String READ = PackagedText.read(DockerLimits.class, "limits.sh");

  private static final int BLOCKS_PER_KIBIBYTE = 2;

  /// Starts one container as commands will be started, but for what the image starts them by, which
  /// may print anything.
  void require(Containment containment) {
    DockerOptions direct = options.withEntrypoint("sh");
    Launch launch =
        new DockerLauncher(containment, direct, engine, Owner.current())
            .launch(Command.of("-c", READ), ProbeCall.id());
    Probe.Answer answer = probe.ask(launch.command(), BOUND);
    Optional<Trailer.End> end = launch.trailer().orElseThrow().read(answer.stderr());
    if (end.isEmpty()) {
      launch.cleanup().ifPresent(cleanup -> probe.ask(cleanup, BOUND));
    }
    if (end.isEmpty() || end.get().cause() == Cause.UNSTARTED) {
      throw DockerProbe.unavailable(
          "a container cannot be started there: " + withoutTrailer(answer, launch),
          "Try by hand: " + engine.name() + " run --rm " + options.image() + " true");
    }
    if (end.get().cause() == Cause.OOM) {
      throw DockerProbe.unavailable(
          "memory_limit is too little for a shell", "Write more, as memory_limit: 256m.");
    }
    boolean isReadable = end.get().status() == 0 && options.runtime().isEmpty();
    List<String> open = isReadable ? notHeld(answer.stdout()) : notClaimed();
    if (!open.isEmpty()) {
      report(String.join(", ", open));
    }
  }

  private static String withoutTrailer(Probe.Answer answer, Launch launch) {
    String mark = launch.trailer().orElseThrow().mark();
    String text = answer.stderr();
    int begin = text.lastIndexOf(mark);
    String rest = begin < 0 ? text : text.substring(0, begin);
    return DockerProbe.said(new Probe.Answer(answer.status(), answer.stdout(), rest));
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
      open.add(
          "memory_limit ("
              + limits.memoryBytes()
              + " asked, read "
              + SafeText.said(lines.get(0))
              + ")");
    }
    double quota = word(lines.get(1), 0);
    String period = lines.get(2);
    double cpus = quota / word(period, period.strip().indexOf(' ') < 0 ? 0 : 1);
    boolean isOverridden = isExtra("--cpu");
    boolean isAsAsked = isOverridden || Math.abs(cpus - limits.cpus()) < 0.011;
    if (quota <= 0 || quota == Long.MAX_VALUE || !isAsAsked) {
      open.add("cpu_limit (" + limits.cpus() + " asked, read " + SafeText.said(lines.get(1)) + ")");
    }
    long processes = word(lines.get(3), 0);
    if (processes > limits.processes() && !(isExtra("--pids") && processes < Long.MAX_VALUE)) {
      open.add(
          "process_limit ("
              + limits.processes()
              + " asked, read "
              + SafeText.said(lines.get(3))
              + ")");
    }
    filesNotHeld(lines.get(4)).ifPresent(open::add);
    return open;
  }

  private Optional<String> filesNotHeld(String blocks) {
    return limits
        .fileKibibytes()
        .filter(kibibytes -> word(blocks, 0) > kibibytes * BLOCKS_PER_KIBIBYTE)
        .map(kibibytes ->
            FILE_SIZE + " (" + kibibytes + " KiB asked, read " + SafeText.said(blocks) + ")");
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

  /// Where nothing can be read inside (an image without a shell, a runtime with a kernel of its
  /// own), Docker's own word of what the place's kernel can do is all there is.
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

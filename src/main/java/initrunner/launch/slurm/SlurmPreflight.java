package initrunner.launch.slurm;

import initrunner.exec.Command;
import initrunner.launch.Launch;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Leftovers;
import initrunner.launch.Probe;
import initrunner.launch.ShellScript;
import initrunner.launch.Trailer;
import initrunner.text.SafeText;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Asks a login node whether its cluster takes the role's jobs. For one use; blocks.
final class SlurmPreflight {

  private static final Logger LOG = System.getLogger(SlurmPreflight.class.getName());

  private static final Duration BOUND = Duration.ofSeconds(20);

  /// How long the job that checks the limits may wait for a node.
  private static final String SOON = "--immediate=5";

  private static final ShellScript PROGRAMS =
      new ShellScript(
          "for name in srun scancel squeue scontrol; do"
              + " command -v $name >/dev/null || { echo $name; exit 1; }; done");

  private static final ShellScript JOBS =
      new ShellScript(
          "squeue --noheader --user=\"$(id -u)\" --format=%j"
              + " | grep ^initrunner- | sort -u | head -n 80");

  private final SlurmLauncher launcher;
  private final SlurmRequest request;
  private final Probe probe;

  SlurmPreflight(SlurmLauncher launcher, SlurmRequest request, Probe probe) {
    this.launcher = launcher;
    this.request = request;
    this.probe = probe;
  }

  void check() {
    requirePrograms();
    requireController();
    Leftovers.end(
        "jobs",
        JOBS.command(),
        SlurmLauncher::ifGone,
        names -> names.stream().map(SlurmLauncher.STOP::command).toList(),
        probe);
    requireAcceptance();
    requireLimits();
  }

  private void requirePrograms() {
    Probe.Answer answer = probe.ask(PROGRAMS.command(), BOUND);
    if (answer.status() != 0 && answer.stdout().isBlank()) {
      throw unavailable(
          "no command can be run there" + answer.because(),
          "Check that the directory exists there and sh works.");
    }
    if (answer.status() != 0) {
      throw unavailable(
          SafeText.said(answer.stdout()) + " is not on PATH there",
          "Log in on a node from which jobs are submitted, or add Slurm's programs to the PATH of"
              + " logins that are not interactive.");
    }
  }

  private void requireController() {
    Probe.Answer answer = probe.ask(Command.of("scontrol", "ping"), BOUND);
    if (answer.status() != 0 || !answer.stdout().contains(" UP")) {
      throw unavailable(
          "no controller of the cluster answers" + answer.because(),
          "See what it says by hand: scontrol ping");
    }
  }

  /// Requires that such a job can start at all: its partition, account, quality of service and
  /// size.
  private void requireAcceptance() {
    List<String> argv = new ArrayList<>(List.of("srun", "--test-only"));
    argv.addAll(launcher.allocation());
    argv.add("true");
    Probe.Answer answer = probe.ask(Command.of("srun").withArgv(argv), BOUND);
    if (answer.status() != 0) {
      throw unavailable(
          "the cluster takes no such job" + answer.because(),
          "Change ssh.slurm, memory_limit or cpu_limit; sinfo shows what there is: "
              + String.join(" ", argv));
    }
  }

  private void requireLimits() {
    Optional<String> lack = lackOfConfiguration();
    switch (request.limits().policy()) {
      case ENFORCE -> {
        if (lack.isPresent()) {
          throw unenforced(lack.get());
        }
        requireProof();
      }
      case BEST_EFFORT, IF_POSSIBLE ->
          lack.ifPresent(what ->
              LOG.log(
                  Level.WARNING, "Slurm enforces no limits of memory and processors: {0}", what));
    }
  }

  private Optional<String> lackOfConfiguration() {
    Probe.Answer answer = probe.ask(Command.of("scontrol", "show", "config"), BOUND);
    for (String line : answer.stdout().lines().toList()) {
      String written = withoutBlanksAroundEquals(line);
      String setting = written.toLowerCase(Locale.ROOT);
      boolean lacks =
          setting.equals("constrainramspace=no")
              || (setting.startsWith("taskplugin=") && !setting.contains("task/cgroup"));
      if (lacks) {
        return Optional.of(SafeText.said(written));
      }
    }
    return Optional.empty();
  }

  private static String withoutBlanksAroundEquals(String line) {
    int equals = line.indexOf('=');
    return equals < 0
        ? line.strip()
        : line.substring(0, equals).strip() + "=" + line.substring(equals + 1).strip();
  }

  /// A job that checks its limits. Every later job checks them too, so this does not wait for a
  /// cluster without a free node.
  private void requireProof() {
    Launch launch = launcher.launch(Command.of("true"), Probe.callId());
    List<String> argv = new ArrayList<>(launch.command().argv());
    argv.add(argv.indexOf("srun") + 1, SOON);
    Probe.Answer answer = probe.ask(launch.command().withArgv(argv), BOUND);
    String stderr = answer.stderr();
    Optional<Trailer.End> end = launch.trailer().flatMap(trailer -> trailer.read(stderr));
    if (end.isPresent() && end.get().cause() == Trailer.Cause.ENDED && end.get().status() == 0) {
      return;
    }
    if (stderr.contains("process_limit is not enforced")) {
      throw unavailable(
          firstLine(stderr),
          "Remove process_limit from the role, set limits: best_effort, or log in as an account"
              + " other than root.");
    }
    if (stderr.contains("is not enforced")) {
      throw unenforced(firstLine(stderr));
    }
    if (end.isPresent() && stderr.contains("initrunner: node")) {
      throw unavailable(
          firstLine(stderr), "Set remote_cwd to a directory that login node and nodes share.");
    }
    LOG.log(
        Level.INFO, "No node is free to check the limits now; each job checks them before it runs");
    probe.ask(launch.cleanup().orElseThrow(), BOUND);
  }

  private static String firstLine(String stderr) {
    return stderr
        .lines()
        .filter(line -> line.startsWith("initrunner: "))
        .findFirst()
        .map(line -> line.substring("initrunner: ".length()))
        .map(SafeText::said)
        .orElseGet(() -> SafeText.said(stderr));
  }

  private LauncherUnavailableException unenforced(String what) {
    return unavailable(
        "the limits are not enforced: " + what,
        "The cluster needs TaskPlugin=task/cgroup, ConstrainRAMSpace=yes and ConstrainCores=yes;"
            + " limits: best_effort does without.");
  }

  private static LauncherUnavailableException unavailable(String reason, String remedy) {
    return new LauncherUnavailableException(
        "Sandbox launcher 'slurm' unavailable: " + reason, remedy);
  }
}

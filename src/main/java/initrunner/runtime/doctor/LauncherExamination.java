package initrunner.runtime.doctor;

import initrunner.launch.Containment;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.NetworkAccess;
import initrunner.launch.Probe;
import initrunner.launch.ResourceLimits;
import initrunner.launch.bwrap.BubblewrapLauncher;
import initrunner.launch.docker.DockerFacts;
import initrunner.launch.slurm.SlurmLauncher;
import initrunner.launch.slurm.SlurmRequest;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.sandbox.SlurmSettings;
import initrunner.role.sandbox.SshSettings;
import initrunner.runtime.confine.RoleContainment;
import initrunner.text.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Examines each launcher on one host. Stateless; blocks for the host's answers.
public final class LauncherExamination {

  private static final Containment ORDINARY =
      new Containment(
          NetworkAccess.NONE,
          List.of(),
          new ResourceLimits(
              256L << 20,
              1.0,
              ResourceLimits.DEFAULT_PROCESSES,
              ResourceLimits.Policy.IF_POSSIBLE));

  private LauncherExamination() {}

  /// Examines all launchers with default settings.
  public static List<Finding> of(Probe probe, Doctor.Slurm slurm) {
    return of(probe, Optional.empty(), asked(slurm, SlurmRequest.of(ORDINARY.limits())));
  }

  private static Optional<SlurmRequest> asked(Doctor.Slurm slurm, SlurmRequest request) {
    return switch (slurm) {
      case EXAMINED -> Optional.of(request);
      case LEFT_OUT -> Optional.empty();
    };
  }

  /// Examines all launchers, and whether docker and Slurm can meet the role's settings.
  public static List<Finding> of(Probe probe, Doctor.Slurm asked, SandboxSettings settings) {
    SlurmSettings slurm = settings.ssh().map(SshSettings::slurm).orElse(SlurmSettings.DEFAULT);
    return of(
        probe,
        Optional.of(settings.docker().image()),
        asked(asked, RoleContainment.slurmRequest(slurm, settings)));
  }

  private static List<Finding> of(
      Probe probe, Optional<String> image, Optional<SlurmRequest> request) {
    List<Finding> findings = new ArrayList<>();
    findings.add(Finding.ok("none", "commands run as they are").isolating("none"));
    findings.add(bubblewrap(probe));
    findings.add(docker(image, probe));
    request.ifPresent(jobs -> findings.add(slurm(jobs, probe)));
    return List.copyOf(findings);
  }

  private static Finding bubblewrap(Probe probe) {
    try {
      BubblewrapLauncher launcher = BubblewrapLauncher.examine(ORDINARY, probe);
      String held = launcher.limitsHeldBy();
      Finding found =
          held.equals("nothing")
              ? Finding.note(
                  "bwrap",
                  "works; nothing enforces memory_limit and cpu_limit",
                  "Run as root, or let systemd give the account cgroups: loginctl enable-linger")
              : Finding.ok("bwrap", "works; limits enforced by " + held);
      return found.isolating("container");
    } catch (LauncherUnavailableException e) {
      return Finding.missing("bwrap", oneLine(e), e.remedy()).isolating("container");
    }
  }

  private static Finding docker(Optional<String> image, Probe probe) {
    DockerFacts facts;
    try {
      facts = DockerFacts.of(image, probe);
    } catch (LauncherUnavailableException e) {
      return Finding.missing("docker", oneLine(e), e.remedy()).isolating("container");
    }
    String isolation = "container";
    if (facts.runtimes().contains("runsc")) {
      isolation += ", userspace kernel (runsc)";
    }
    if (facts.runtimes().contains("kata")) {
      isolation += ", microVM (kata)";
    }
    Finding found =
        facts.image().orElse(true)
            ? Finding.ok("docker", facts.engine() + " answers")
            : Finding.note(
                "docker",
                facts.engine()
                    + " answers; the image "
                    + image.orElse("")
                    + " is not there, and is fetched before the first call",
                facts.engine() + " pull " + image.orElse(""));
    return found.isolating(isolation);
  }

  /// Sends one job without a task, in the way of a call.
  private static Finding slurm(SlurmRequest request, Probe probe) {
    Finding found;
    try {
      SlurmLauncher.prepare(request.with(ResourceLimits.Policy.ENFORCE), probe);
      found = Finding.ok("slurm", "takes such jobs, and holds them to their limits");
    } catch (LauncherUnavailableException e) {
      found = withoutLimits(request, probe, e);
    }
    return found.isolating("batch job");
  }

  private static Finding withoutLimits(
      SlurmRequest request, Probe probe, LauncherUnavailableException why) {
    try {
      SlurmLauncher.prepare(request.with(ResourceLimits.Policy.BEST_EFFORT), probe);
      return Finding.note("slurm", "takes such jobs; " + oneLine(why), why.remedy());
    } catch (LauncherUnavailableException e) {
      return Finding.missing("slurm", oneLine(e), e.remedy());
    }
  }

  /// A remote error may have more lines than a finding.
  private static String oneLine(LauncherUnavailableException e) {
    return SafeText.said(e.getMessage());
  }
}

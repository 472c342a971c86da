package initrunner.runtime;

import initrunner.exec.Command;
import initrunner.exec.TransportException;
import initrunner.launch.BubblewrapLauncher;
import initrunner.launch.Containment;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.NetworkAccess;
import initrunner.launch.Probe;
import initrunner.launch.ResourceLimits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Looks at each way of starting commands at one place. Stateless; blocks while the place is asked.
final class LauncherExamination {

  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final int NOT_FOUND = 127;

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

  static List<Finding> of(Probe probe) {
    return List.of(
        Finding.ok("none", "commands run as they are").isolating("none"),
        bubblewrap(probe),
        docker(probe),
        slurm(probe));
  }

  private static Finding bubblewrap(Probe probe) {
    try {
      BubblewrapLauncher launcher = BubblewrapLauncher.prepare(ORDINARY, probe);
      String held = launcher.limitsHeldBy();
      Finding found =
          held.equals("nothing")
              ? Finding.note(
                  "bwrap",
                  "works; nothing holds it to memory_limit and cpu_limit",
                  "Run as root, or let systemd give the account cgroups: loginctl enable-linger")
              : Finding.ok("bwrap", "works; limits held by " + held);
      return found.isolating("container");
    } catch (LauncherUnavailableException e) {
      return Finding.missing("bwrap", String.valueOf(e.getMessage()), e.remedy())
          .isolating("container");
    }
  }

  private static Finding docker(Probe probe) {
    for (String engine : List.of("docker", "podman")) {
      Optional<Probe.Answer> answer =
          ask(probe, engine, "info", "--format", "{{json .ServerVersion}} {{json .Runtimes}}");
      if (answer.isPresent()) {
        return engine(engine, answer.get());
      }
    }
    return Finding.missing(
            "docker",
            "neither docker nor podman is on PATH",
            "apt install docker.io, or see https://docs.docker.com/engine/install/")
        .isolating("container");
  }

  private static Finding engine(String engine, Probe.Answer answer) {
    String said = answer.stdout();
    if (answer.status() != 0 && engine.equals("docker")) {
      return Finding.missing(
              "docker",
              "the daemon does not answer: " + firstLine(answer.stderr()),
              "Start it: systemctl start docker; or let the account use it: usermod -aG docker $USER")
          .isolating("container");
    }
    String isolation = "container";
    if (said.contains("runsc")) {
      isolation += ", userspace kernel (runsc)";
    }
    if (said.contains("kata")) {
      isolation += ", microVM (kata)";
    }
    return Finding.ok("docker", engine + " answers").isolating(isolation);
  }

  private static Finding slurm(Probe probe) {
    Optional<Probe.Answer> answer = ask(probe, "scontrol", "ping");
    if (answer.isEmpty()) {
      return Finding.missing(
              "slurm", "scontrol is not on PATH", "Name a login node of the cluster as the host.")
          .isolating("batch job");
    }
    boolean up = answer.get().status() == 0 && answer.get().stdout().contains(" is UP");
    Finding found =
        up
            ? Finding.ok("slurm", firstLine(answer.get().stdout()))
            : Finding.missing(
                "slurm",
                "the controller does not answer: "
                    + firstLine(answer.get().stderr() + answer.get().stdout()),
                "Ask who runs the cluster; by hand: scontrol ping");
    return found.isolating("batch job");
  }

  /// @return empty if there is no such program
  private static Optional<Probe.Answer> ask(Probe probe, String... argv) {
    try {
      Probe.Answer answer = probe.ask(Command.of(argv), BOUND);
      return answer.status() == NOT_FOUND ? Optional.empty() : Optional.of(answer);
    } catch (TransportException e) {
      if (e.kind() == TransportException.Kind.COMMAND_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static String firstLine(String text) {
    return text.strip().lines().findFirst().orElse("").strip();
  }
}

package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Limits;
import initrunner.exec.transport.LocalTransport;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Probe;
import initrunner.launch.ResourceLimits;
import initrunner.launch.ResourceLimits.Policy;
import initrunner.launch.SlurmExtension;
import initrunner.launch.slurm.SlurmLauncher;
import initrunner.launch.slurm.SlurmRequest;
import initrunner.runtime.confine.SandboxHost;
import initrunner.runtime.doctor.Doctor;
import initrunner.runtime.doctor.Finding;
import initrunner.runtime.doctor.LauncherExamination;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A real Slurm cluster that accepts `--mem` and does not enforce it.
class SlurmWithoutLimitsTest {

  @RegisterExtension
  static final SlurmExtension slurm = new SlurmExtension(SlurmExtension.Limits.NOT_HELD);

  private static final Limits MINUTE = Limits.timeout(Duration.ofMinutes(1));

  private static final Probe.Answer KEEPS_ITS_CONFIGURATION_TO_ITSELF = new Probe.Answer(0, "", "");

  private static Sandbox with(Policy policy) {
    SlurmRequest request = SlurmRequest.of(new ResourceLimits(64L << 20, 1.0, 256, policy));
    return sandbox(request, probe -> probe);
  }

  private static Sandbox sandbox(
      SlurmRequest request, java.util.function.UnaryOperator<Probe> asked) {
    Map<String, String> environment = new HashMap<>(slurm.environment());
    environment.put("PATH", System.getenv("PATH"));
    return new Sandbox(
        new SandboxHost("slurm", Optional.empty(), Optional.of("/tmp")),
        new LocalTransport(environment),
        probe -> SlurmLauncher.prepare(request, asked.apply(probe)),
        Variables.DEFAULT);
  }

  @Test
  void limitsThatTheConfigurationDoesNotHoldAreRefused() {
    try (Sandbox sandbox = with(Policy.ENFORCE)) {
      assertThatThrownBy(sandbox::open)
          .isInstanceOf(LauncherUnavailableException.class)
          .hasMessageContaining("the limits are not enforced: ConstrainRAMSpace=no");
    }
  }

  @Test
  void aJobThatReadsNoLimitBackIsRefusedWhateverTheConfigurationSays() {
    ResourceLimits limits = new ResourceLimits(64L << 20, 1.0, 256, Policy.ENFORCE);
    try (Sandbox sandbox =
        sandbox(
            SlurmRequest.of(limits),
            probe ->
                (command, bound) ->
                    command.argv().contains("config")
                        ? KEEPS_ITS_CONFIGURATION_TO_ITSELF
                        : probe.ask(command, bound))) {
      assertThatThrownBy(sandbox::open)
          .isInstanceOf(LauncherUnavailableException.class)
          .hasMessageContaining("no control group holds it");
    }
  }

  @Test
  void theDoctorSaysSo() {
    try (Sandbox sandbox = with(Policy.BEST_EFFORT)) {
      Finding found = LauncherExamination.of(sandbox::ask, Doctor.Slurm.EXAMINED).getLast();
      assertThat(found.verdict()).isEqualTo(Finding.Verdict.NOTE);
      assertThat(found.detail()).contains("takes such jobs;", "ConstrainRAMSpace=no");
    }
  }

  @Test
  void withBestEffortJobsRunThere() {
    try (Sandbox sandbox = with(Policy.BEST_EFFORT)) {
      Command hog = Command.of("python3", "-c", "x = bytearray(200 * 1024 * 1024)");
      assertThat(sandbox.run(hog, "0c", MINUTE, new Captured(1000)).ended())
          .isEqualTo(new Exited(0));
    }
  }
}

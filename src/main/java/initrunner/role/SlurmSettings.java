package initrunner.role;

import java.util.List;
import java.util.Optional;

/// `spec.security.sandbox.ssh.slurm`: what is asked of a Slurm cluster for each call. Everything
/// that is empty is the cluster's to decide.
///
/// @param partition `srun --partition`
/// @param account `srun --account`
/// @param qos `srun --qos`
/// @param time `srun --time`: the most that a call may take there, in a form of Slurm's
/// @param gpus `srun --gpus`
/// @param nodes `srun --nodes`
/// @param extraArgs further options of `srun`, each `--name` or `--name=value`
public record SlurmSettings(
    Optional<String> partition,
    Optional<String> account,
    Optional<String> qos,
    Optional<String> time,
    Optional<String> gpus,
    Optional<Integer> nodes,
    List<String> extraArgs) {

  /// One where no key is written.
  public static final SlurmSettings DEFAULT =
      new SlurmSettings(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of());

  public SlurmSettings {
    extraArgs = List.copyOf(extraArgs);
  }
}

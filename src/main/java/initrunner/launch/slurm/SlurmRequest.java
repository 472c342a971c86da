package initrunner.launch.slurm;

import initrunner.launch.ResourceLimits;
import java.util.List;
import java.util.Optional;

/// What is asked of a Slurm cluster for each command. What is empty is the cluster's to decide.
///
/// @param partition `srun --partition`
/// @param account `srun --account`
/// @param qos `srun --qos`
/// @param time `srun --time`, in a form of Slurm's
/// @param gpus `srun --gpus`
/// @param nodes `srun --nodes`: the command itself runs once, on the first of them
/// @param extraArgs further options of `srun`, each `--name` or `--name=value`
/// @param processes how many processes and threads the account may have on the node while the
///   command runs there: a cluster can hold none but the account to that
/// @param limits memory and processors of one node, and the size of files; the number of processes
///   in it is not a cluster's to limit
public record SlurmRequest(
    Optional<String> partition,
    Optional<String> account,
    Optional<String> qos,
    Optional<String> time,
    Optional<String> gpus,
    Optional<Integer> nodes,
    List<String> extraArgs,
    Optional<Integer> processes,
    ResourceLimits limits) {

  public SlurmRequest {
    extraArgs = List.copyOf(extraArgs);
  }

  /// The same with another word on limits that cannot be enforced.
  public SlurmRequest with(ResourceLimits.Policy policy) {
    return new SlurmRequest(
        partition, account, qos, time, gpus, nodes, extraArgs, processes, limits.with(policy));
  }

  /// One that names nothing but limits.
  public static SlurmRequest of(ResourceLimits limits) {
    return new SlurmRequest(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        limits);
  }
}

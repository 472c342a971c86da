package initrunner.launch.slurm;

import initrunner.launch.ResourceLimits;
import java.util.List;
import java.util.Optional;

/// What each command's job asks of a Slurm cluster. The cluster decides what is empty.
///
/// @param partition `srun --partition`
/// @param account `srun --account`
/// @param qos `srun --qos`
/// @param time `srun --time`
/// @param gpus `srun --gpus`
/// @param nodes `srun --nodes`: the command itself runs once, on the first of them
/// @param extraArgs more options of `srun`, each `--name` or `--name=value`
/// @param processes processes and threads of the account on the node at once: a cluster cannot
///   count those of one job
/// @param limits memory and processors of one node, and the size of files; its number of processes
///   is ignored
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

  public SlurmRequest with(ResourceLimits.Policy policy) {
    return new SlurmRequest(
        partition, account, qos, time, gpus, nodes, extraArgs, processes, limits.with(policy));
  }

  /// A request with limits alone.
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

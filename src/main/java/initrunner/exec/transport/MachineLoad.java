package initrunner.exec.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// How long this machine makes its threads wait for a processor. Stateless.
final class MachineLoad {

  /// proc(5): the load of the last minute, of five and of fifteen, and `runnable/all` tasks now.
  private static final Path LOAD = Path.of("/proc/loadavg");

  private static final int MOST_TIMES = 10;

  private MachineLoad() {}

  /// A bound on how long a thread of ours stays silent, longer where more tasks than processors
  /// want to run. Where the system does not say, it is the bound itself.
  static Duration stretched(Duration bound) {
    try {
      return bound.multipliedBy(
          times(Files.readString(LOAD), Runtime.getRuntime().availableProcessors()));
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException unknown) {
      return bound;
    }
  }

  /// How many tasks want each processor, from the greater of the last minute's and the present one.
  static int times(String load, int processors) {
    String[] fields = load.split("[ /]", -1);
    double tasks = Math.max(Double.parseDouble(fields[0]), Double.parseDouble(fields[3]));
    return (int) Math.clamp(Math.ceil(tasks / processors), 1, MOST_TIMES);
  }
}

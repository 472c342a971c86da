package initrunner.ssh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Processor seconds so far: of a server with the commands that it runs, of the masters that are
/// connected to it, and of this process with its ended children.
record ProcessorTime(double server, double master, double client) {

  static final ProcessorTime NONE = new ProcessorTime(0, 0, 0);

  /// `USER_HZ` of every Linux there is.
  private static final double TICKS_PER_SECOND = 100;

  /// @param masters that are connected to the server
  static ProcessorTime now(SshdExtension sshd, List<Long> masters) {
    double client = of(ProcessHandle.current().pid());
    return new ProcessorTime(of(sshd.pid()) + sum(sshd.sessions()), sum(masters), client);
  }

  static List<Long> masters(SshdExtension sshd) {
    long own = ProcessHandle.current().pid();
    return sshd.clients().stream().filter(pid -> pid != own).toList();
  }

  private static double sum(List<Long> processes) {
    return processes.stream().mapToDouble(ProcessorTime::of).sum();
  }

  /// What a process took, with its children that have ended; see `utime` to `cstime` in proc(5).
  static double of(long process) {
    try {
      String stat = Files.readString(Path.of("/proc/" + process + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      long ticks = 0;
      for (int i = 11; i <= 14; i++) {
        ticks += Long.parseLong(fields[i]);
      }
      return ticks / TICKS_PER_SECOND;
    } catch (IOException ended) {
      return 0;
    }
  }

  ProcessorTime plus(ProcessorTime other) {
    return new ProcessorTime(server + other.server, master + other.master, client + other.client);
  }

  ProcessorTime minus(ProcessorTime other) {
    return new ProcessorTime(server - other.server, master - other.master, client - other.client);
  }
}

package initrunner.tool.jobs;

import initrunner.exec.Stop;

/// A job that was to stop.
///
/// @param stop what is proven of its processes
public record StoppedJob(Job job, Stop stop) {

  /// Reads what [JobScripts#stop] prints.
  ///
  /// @throws JobException if it describes no job
  public static StoppedJob of(String said) {
    Job job = Job.all(said).stream().findFirst().orElseThrow(JobException::undescribed);
    return new StoppedJob(job, both(word(said, "verdict"), word(said, "cleanup")));
  }

  private static String word(String said, String name) {
    return said.lines()
        .filter(line -> line.startsWith(name + " "))
        .findFirst()
        .map(line -> line.substring(name.length() + 1))
        .orElse("");
  }

  /// What the launcher's clean-up finds counts, too.
  private static Stop both(String verdict, String cleanup) {
    Stop processes =
        switch (verdict) {
          case "none", "stopped" -> Stop.STOPPED;
          case "running" -> Stop.STILL_RUNNING;
          default -> Stop.UNKNOWN;
        };
    return processes != Stop.STOPPED
        ? processes
        : switch (cleanup) {
          case "0" -> Stop.STOPPED;
          case "1" -> Stop.STILL_RUNNING;
          default -> Stop.UNKNOWN;
        };
  }
}

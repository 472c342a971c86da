package initrunner.tool.jobs;

/// Which part of a job's output was given.
///
/// @param from its first byte
/// @param to the byte behind its last
public record JobPart(Job job, long from, long to) {

  /// The same, of which only so many bytes came.
  public JobPart cut(long bytes) {
    return new JobPart(job, from, from + bytes);
  }

  /// Reads what [JobScripts#output] prints before the output.
  ///
  /// @throws JobException if it describes no job
  public static JobPart of(String head) {
    JobOutput bounds = JobOutput.of(head);
    return Job.all(head).stream()
        .findFirst()
        .map(job -> new JobPart(job, bounds.from(), bounds.to()))
        .orElseThrow(JobException::undescribed);
  }
}

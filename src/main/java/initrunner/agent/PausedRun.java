package initrunner.agent;

import initrunner.model.ToolRequest;
import initrunner.runtime.RolePlace;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A run that waits for a person, as it lies on the disk. Immutable.
///
/// @param number how many times the run has paused, with this one
/// @param callIds of the calls that need a yes
/// @param prompt what was asked for
/// @param setting what the run was started with
public record PausedRun(
    String runId,
    int number,
    Instant pausedAt,
    String agentName,
    String prompt,
    List<String> callIds,
    Transcript transcript,
    Setting setting) {

  public PausedRun {
    callIds = List.copyOf(callIds);
  }

  /// What a run needs to be continued, beside its conversation. No key is in it, and of variables
  /// only what they make of the place.
  ///
  /// @param roleFile absolute
  /// @param roleDigest of the file's bytes when the run began, so that a change is noticed
  /// @param place where the calls that wait would have run; empty in files of versions that did not
  ///   write it
  /// @param model `provider:name`; empty where turns are replayed
  /// @param replay the file of recorded turns; empty where a model is asked
  /// @param record where the model's turns are written down
  /// @param auditDatabase empty where no record is kept
  public record Setting(
      Path roleFile,
      String roleDigest,
      Optional<RolePlace> place,
      Optional<String> model,
      Optional<Path> replay,
      Optional<Path> record,
      Optional<Path> auditDatabase) {

    /// The same under a role that has changed, or in another place.
    public Setting with(String digest, RolePlace current) {
      return new Setting(
          roleFile, digest, Optional.of(current), model, replay, record, auditDatabase);
    }
  }

  /// What a person names this pause by. It changes with each pause of the run, so an answer to one
  /// is never taken for one to the next.
  public String approvalId() {
    return approvalId(runId, number);
  }

  /// [#approvalId] of a pause that is still to come.
  public static String approvalId(String runId, int number) {
    return number == 1 ? runId : runId + "-" + number;
  }

  /// The calls that need a yes, in the model's order.
  public List<ToolRequest> calls() {
    return transcript.waiting().stream().filter(request -> callIds.contains(request.id())).toList();
  }
}

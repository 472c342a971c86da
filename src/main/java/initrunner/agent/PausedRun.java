package initrunner.agent;

import initrunner.model.ToolRequest;
import initrunner.runtime.RoleHost;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A run that waits for a person, as stored on the disk. Immutable.
///
/// @param number how many times the run has paused, this time included
/// @param callIds of the calls that need approval
/// @param callPlaces where each of them would be made, for a person; empty where the role has one
///   sandbox
/// @param prompt of the run
/// @param setting how the run was started
public record PausedRun(
    String runId,
    int number,
    Instant pausedAt,
    String agentName,
    String prompt,
    List<String> callIds,
    Map<String, String> callPlaces,
    Transcript transcript,
    Setting setting) {

  public PausedRun {
    callIds = List.copyOf(callIds);
    callPlaces = Map.copyOf(callPlaces);
  }

  /// What a run needs to continue, beside its conversation. It holds no key, and of the variables
  /// only the sandbox that they led to.
  ///
  /// @param roleFile absolute
  /// @param roleDigest of the file's bytes at the run's start, to notice a change
  /// @param places the sandboxes of the role, in which the waiting calls would have run; empty in
  ///   files of versions that did not write it
  /// @param model `provider:name`; empty for recorded turns
  /// @param replay the file of recorded turns; empty for a provider's model
  /// @param record the file that records the model's turns
  /// @param auditDatabase empty if the run has no audit log
  public record Setting(
      Path roleFile,
      String roleDigest,
      List<RoleHost> places,
      Optional<String> model,
      Optional<Path> replay,
      Optional<Path> record,
      Optional<Path> auditDatabase) {

    public Setting {
      places = List.copyOf(places);
    }

    /// The same under a changed role, or in other sandboxes.
    public Setting with(String digest, List<RoleHost> current) {
      return new Setting(roleFile, digest, current, model, replay, record, auditDatabase);
    }
  }

  /// The name of this pause for a person. It changes with each pause of the run, so that an
  /// approval counts for one pause only.
  public String approvalId() {
    return approvalId(runId, number);
  }

  /// The [#approvalId] of a future pause.
  public static String approvalId(String runId, int number) {
    return number == 1 ? runId : runId + "-" + number;
  }

  /// Where a call would be made, for a person; empty where the role has one sandbox.
  public Optional<String> placeOf(ToolRequest call) {
    return Optional.ofNullable(callPlaces.get(call.id()));
  }

  /// The sandboxes in which the calls that need approval would be made.
  ///
  /// @param all of the role
  public List<RoleHost> placesOfCalls(List<RoleHost> all) {
    return all.stream()
        .filter(place ->
            callPlaces.isEmpty()
                || callPlaces.values().stream().anyMatch(text -> names(text, place.name())))
        .toList();
  }

  /// Whether a text about several places has this one. A name may be a part of another.
  private static boolean names(String text, String place) {
    return Pattern.compile("(^|[ ,;])" + Pattern.quote(place) + "($|[ ,;])").matcher(text).find();
  }

  /// The calls that need approval, in the model's order.
  public List<ToolRequest> calls() {
    return transcript.waiting().stream().filter(request -> callIds.contains(request.id())).toList();
  }
}

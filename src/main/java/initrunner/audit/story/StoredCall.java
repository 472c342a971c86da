package initrunner.audit.story;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// One call as the audit log holds it. Immutable. Its texts are as they are recorded, and not safe
/// to be shown.
///
/// @param eventId of its newest event, in the order of recording
/// @param callId empty where the record has none
/// @param begin before anything was sent
/// @param what was called
/// @param end empty where none is recorded: the call goes on, or its process was killed
/// @param decision of a person; empty where no person was asked, or the record does not say
public record StoredCall(
    long eventId,
    String runId,
    String callId,
    Instant begin,
    RunSummary.Asker asker,
    String agent,
    RunSummary.Place place,
    What what,
    Optional<End> end,
    Optional<Decision> decision) {

  /// What InitRunner itself asks a host, for the model.
  static final String FACTS = "facts";

  /// What was called.
  ///
  /// @param program the first word of the command
  /// @param tool the kind of tool; empty for a person's own command
  /// @param function what the model called
  /// @param requestId by which the model names the call
  /// @param arguments as JSON, redacted and perhaps cut; only with the role's consent
  public record What(
      String program,
      Optional<String> tool,
      Optional<String> function,
      Optional<String> requestId,
      Optional<String> arguments) {

    /// Whether InitRunner asked by itself.
    public boolean isOfInitRunner() {
      return tool.equals(Optional.of(FACTS));
    }
  }

  /// How a call ended.
  ///
  /// @param word `exited`, `signaled`, `timed_out`, `cancelled`, `lost`, `out_of_memory`,
  ///   `not_started`, `refused`, `answered`
  /// @param status as a shell has it
  /// @param stop of a call that was stopped, whether its processes are gone: `stopped`,
  ///   `still_running`, `unknown`
  /// @param because of a signal its name, else the reason why nothing was started
  public record End(
      String word,
      int status,
      Duration duration,
      Optional<String> stop,
      Optional<String> because,
      Output output) {

    /// Whether the exit status is 0.
    public boolean isSuccess() {
      return status == 0;
    }
  }

  /// What a call printed.
  ///
  /// @param bytes on both streams; empty where nothing was started
  /// @param first its beginning, or all of it; only with the role's consent
  /// @param last its end, where that is not all in `first`
  public record Output(Optional<Long> bytes, Optional<String> first, Optional<String> last) {}

  /// What a person decided about a call.
  ///
  /// @param word `approved` or `denied`
  /// @param by the person's user name on this machine
  /// @param means how the person was asked: `terminal`, `approve`, `form`, `editor`, `program`
  public record Decision(String word, String by, String means, Optional<Instant> at) {}

  /// Whether it is known to have ended well.
  public boolean isSuccess() {
    return end.filter(End::isSuccess).isPresent();
  }
}

package initrunner.audit.story;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What happened in a run, in the order of time. Immutable. Its texts are as they are recorded, and
/// not safe to be shown.
///
/// @param left how many of its oldest calls are left out
public record RunStory(RunSummary summary, List<Entry> entries, long left) {

  public RunStory {
    entries = List.copyOf(entries);
  }

  /// Something that happened.
  public sealed interface Entry {

    /// When it began.
    Instant time();
  }

  /// What the model was asked.
  public record Prompt(Instant time, String text) implements Entry {}

  /// A person answered, and the paused run went on.
  ///
  /// @param decisions as `call_1:approve, call_2:deny`
  public record Resumed(Instant time, String decisions) implements Entry {}

  /// The beginning of what the model said before its calls.
  public record Said(Instant time, String first) implements Entry {}

  /// A call of a tool, or a person's command.
  ///
  /// @param preview the beginning of what the model got, where the record has it
  public record Called(StoredCall call, Optional<String> preview) implements Entry {

    @Override
    public Instant time() {
      return call.begin();
    }
  }

  /// Files were moved.
  public record Transferred(StoredTransfer transfer) implements Entry {

    @Override
    public Instant time() {
      return transfer.end().minus(transfer.duration());
    }
  }

  /// A notice about the model, or a blocked prompt or answer.
  ///
  /// @param kind as `model_retry`, `content.blocked`
  public record Noticed(Instant time, String kind, String text) implements Entry {}

  /// The run ended or paused, and has a row that says so.
  ///
  /// @param answer the model's last text
  public record Ended(Instant time, Outcome outcome, String answer) implements Entry {}
}

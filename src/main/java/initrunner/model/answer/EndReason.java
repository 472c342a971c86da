package initrunner.model.answer;

import java.util.Locale;

/// A server's reason for the end of its answer, in any of the protocols.
///
/// @param word as the server writes it
record EndReason(Kind kind, String word) {

  /// What a reason means for the answer.
  enum Kind {
    /// The model has finished.
    COMPLETE,
    /// The model wants tools to be called.
    CALLS,
    /// The answer reached the token limit; the rest is missing.
    LENGTH,
    /// The provider withholds the answer.
    WITHHELD,
    /// The answer failed; the text so far is a part of one.
    FAILED
  }

  /// An unknown reason counts as a failure: servers add words for failures far more often than for
  /// successes.
  static EndReason of(String word) {
    Kind kind =
        switch (word.strip().toLowerCase(Locale.ROOT)) {
          case "stop",
              "end_turn",
              "stop_sequence",
              "end",
              "eos",
              "eos_token",
              "end_of_turn",
              "complete",
              "completed",
              "finished",
              "done" ->
              Kind.COMPLETE;
          case "tool_calls", "tool_call", "function_call", "tool_use" -> Kind.CALLS;
          case "length", "max_tokens", "max_output_tokens", "max_completion_tokens" -> Kind.LENGTH;
          case "content_filter",
              "content_filtered",
              "refusal",
              "guardrail_intervened",
              "sensitive",
              "safety",
              "recitation",
              "blocklist",
              "prohibited_content",
              "spii",
              "image_safety",
              "image_prohibited_content",
              "image_recitation" ->
              Kind.WITHHELD;
          default -> Kind.FAILED;
        };
    return new EndReason(kind, word.strip());
  }

  /// The graver of the two; of equals the later one.
  EndReason and(EndReason later) {
    return kind.compareTo(later.kind) > 0 ? this : later;
  }
}

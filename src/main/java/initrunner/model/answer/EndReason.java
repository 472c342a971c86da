package initrunner.model.answer;

import java.util.Locale;

/// Why a server says that its answer ends, in whichever protocol's word.
///
/// @param word as the server writes it
record EndReason(Kind kind, String word) {

  /// What a reason means for the answer.
  enum Kind {
    /// The model has said what it wanted to.
    COMPLETE,
    /// The model wants tools to be called.
    CALLS,
    /// The rest is missing: the most tokens of one answer are reached.
    LENGTH,
    /// The provider keeps the answer back.
    WITHHELD,
    /// There is no answer: what came is a part of one.
    FAILED
  }

  /// A reason that is not known means that there is no answer: servers add words for what went
  /// wrong far more often than for what went well.
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

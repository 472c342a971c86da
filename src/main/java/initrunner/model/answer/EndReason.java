package initrunner.model.answer;

import initrunner.text.Words;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// A server's reason for the end of its answer, in any of the protocols.
///
/// @param word as the server writes it
record EndReason(Kind kind, String word) {

  /// The meaning of a reason, with the words of servers for it.
  enum Kind {
    /// The model has finished.
    COMPLETE(
        """
        stop end_turn stop_sequence end eos eos_token end_of_turn complete completed finished done
        """),
    /// The model wants tools to be called.
    CALLS("tool_calls tool_call function_call tool_use"),
    /// The answer reached the token limit; the rest is missing.
    LENGTH("length max_tokens max_output_tokens max_completion_tokens"),
    /// The provider withholds the answer.
    WITHHELD(
        """
        content_filter content_filtered refusal guardrail_intervened sensitive safety recitation
        blocklist prohibited_content spii image_safety image_prohibited_content image_recitation
        """),
    /// The answer failed; the text so far is a part of one. Also the meaning of an unknown word:
    /// servers add words for failures far more often than for successes.
    FAILED("");

    @SuppressWarnings("ImmutableEnumChecker") // Words.of makes an immutable list
    private final List<String> words;

    Kind(String words) {
      this.words = Words.of(words);
    }
  }

  static EndReason of(String word) {
    String plain = word.strip();
    Kind kind =
        Stream.of(Kind.values())
            .filter(each -> each.words.contains(plain.toLowerCase(Locale.ROOT)))
            .findFirst()
            .orElse(Kind.FAILED);
    return new EndReason(kind, plain);
  }

  /// The graver of the two; of equals the later one.
  EndReason and(EndReason later) {
    return kind.compareTo(later.kind) > 0 ? this : later;
  }
}

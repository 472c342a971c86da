package initrunner.model.answer;

import com.fasterxml.jackson.databind.JsonNode;
import initrunner.model.Usage;
import java.util.List;
import java.util.Optional;

/// Reads the tokens of an answer as its server counts them. A missing count is 0. Stateless.
final class CountedTokens {

  /// More than any answer has, and small enough to add up.
  private static final long MOST_TOKENS = 1_000_000_000_000L;

  private CountedTokens() {}

  /// Some servers count the model's thinking in the total only, not in the output.
  static Usage ofChat(JsonNode usage) {
    long read = first(usage, List.of("prompt_tokens", "input_tokens"));
    long written = first(usage, List.of("completion_tokens", "output_tokens"));
    long cached =
        Math.max(
            number(usage.path("prompt_tokens_details").path("cached_tokens")),
            number(usage.path("prompt_cache_hit_tokens")));
    return usage(read, written, number(usage.path("total_tokens")), cached);
  }

  static Usage ofGemini(JsonNode usage) {
    return usage(
        number(usage.path("promptTokenCount")),
        number(usage.path("candidatesTokenCount")),
        number(usage.path("totalTokenCount")),
        number(usage.path("cachedContentTokenCount")));
  }

  /// This protocol counts cached tokens beside the input, not in it.
  static Usage ofMessages(JsonNode usage) {
    long reads = number(usage.path("cache_read_input_tokens"));
    long writes = number(usage.path("cache_creation_input_tokens"));
    return new Usage(
        number(usage.path("input_tokens")) + reads + writes,
        number(usage.path("output_tokens")),
        reads,
        writes,
        Optional.empty());
  }

  private static Usage usage(long read, long written, long total, long cached) {
    return new Usage(
        read, Math.max(written, total - read), Math.min(cached, read), 0, Optional.empty());
  }

  private static long first(JsonNode usage, List<String> names) {
    return names.stream()
        .mapToLong(name -> number(usage.path(name)))
        .filter(count -> count > 0)
        .findFirst()
        .orElse(0);
  }

  private static long number(JsonNode count) {
    return count.isNumber() && count.canConvertToLong()
        ? Math.clamp(count.longValue(), 0, MOST_TOKENS)
        : 0;
  }
}

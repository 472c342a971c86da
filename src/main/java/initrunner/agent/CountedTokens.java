package initrunner.agent;

import dev.langchain4j.model.anthropic.AnthropicTokenUsage;
import dev.langchain4j.model.googleai.GoogleAiGeminiTokenUsage;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.openai.OpenAiTokenUsage.InputTokensDetails;
import dev.langchain4j.model.output.TokenUsage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The tokens of an answer, as its server counts them. Stateless.
final class CountedTokens {

  private CountedTokens() {}

  /// All that is paid for. Anthropic counts what is in its cache beside what it reads; others count
  /// it with that. What a model thought is left out of what it wrote by some, and never of the
  /// total.
  static Usage usage(TokenUsage counted) {
    long written = number(counted.outputTokenCount());
    long read = number(counted.inputTokenCount());
    long cacheReads = cacheReads(counted);
    long cacheWrites = 0;
    if (counted instanceof AnthropicTokenUsage usage) {
      cacheWrites = number(usage.cacheCreationInputTokens());
      read += cacheReads + cacheWrites;
    }
    long rest = number(counted.totalTokenCount()) - read;
    return new Usage(read, Math.max(written, rest), cacheReads, cacheWrites, Optional.empty());
  }

  private static long cacheReads(TokenUsage counted) {
    return switch (counted) {
      case AnthropicTokenUsage usage -> number(usage.cacheReadInputTokens());
      case OpenAiTokenUsage usage ->
          number(
              Optional.ofNullable(usage.inputTokensDetails())
                  .map(InputTokensDetails::cachedTokens)
                  .orElse(null));
      case GoogleAiGeminiTokenUsage usage -> number(usage.cachedContentTokenCount());
      default -> 0;
    };
  }

  private static long number(@Nullable Integer count) {
    return count == null ? 0 : count;
  }
}

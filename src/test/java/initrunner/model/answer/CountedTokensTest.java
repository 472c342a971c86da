package initrunner.model.answer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import initrunner.model.Usage;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CountedTokensTest {

  private static JsonNode json(String text) {
    return AnswerJson.parse(text.replace('\'', '"')).orElseThrow();
  }

  private static Usage usage(long in, long out, long reads, long writes) {
    return new Usage(in, out, reads, writes, Optional.empty());
  }

  @Test
  void whatAChatCompletionCountsIsCounted() {
    Map<String, Usage> counts =
        Map.of(
            "{}",
            Usage.UNKNOWN,
            "{'prompt_tokens':11,'completion_tokens':7}",
            usage(11, 7, 0, 0),
            "{'input_tokens':11,'output_tokens':7}",
            usage(11, 7, 0, 0),
            "{'prompt_tokens':0,'input_tokens':11,'completion_tokens':7}",
            usage(11, 7, 0, 0),
            "{'prompt_tokens':11,'completion_tokens':7,'total_tokens':30}",
            usage(11, 19, 0, 0),
            "{'prompt_tokens':11,'completion_tokens':7,'total_tokens':12}",
            usage(11, 7, 0, 0),
            "{'prompt_tokens':11,'prompt_tokens_details':{'cached_tokens':5}}",
            usage(11, 0, 5, 0),
            "{'prompt_tokens':11,'prompt_cache_hit_tokens':6}",
            usage(11, 0, 6, 0),
            "{'prompt_tokens':11,'prompt_cache_hit_tokens':60}",
            usage(11, 0, 11, 0));
    counts.forEach((given, counted) ->
        assertThat(CountedTokens.ofChat(json(given))).as(given).isEqualTo(counted));
  }

  @Test
  void noCountThatAServerSendsOverflowsOrIsNegative() {
    for (String none : new String[] {"-5", "'7'", "null", "1e30", "99999999999999999999", "[7]"}) {
      assertThat(CountedTokens.ofChat(json("{'prompt_tokens':" + none + "}")))
          .as(none)
          .isEqualTo(Usage.UNKNOWN);
    }
    assertThat(CountedTokens.ofChat(json("{'prompt_tokens':9000000000000000000}")))
        .isEqualTo(usage(1_000_000_000_000L, 0, 0, 0));
  }

  @Test
  void whatGeminiAndAnthropicCountIsCounted() {
    assertThat(
            CountedTokens.ofGemini(
                json(
                    "{'promptTokenCount':11,'candidatesTokenCount':7,'thoughtsTokenCount':2,"
                        + "'totalTokenCount':20,'cachedContentTokenCount':5}")))
        .isEqualTo(usage(11, 9, 5, 0));
    assertThat(
            CountedTokens.ofMessages(
                json(
                    "{'input_tokens':11,'output_tokens':7,'cache_read_input_tokens':300,"
                        + "'cache_creation_input_tokens':20}")))
        .isEqualTo(usage(331, 7, 300, 20));
  }
}

package initrunner.agent;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.googleai.GoogleAiGeminiChatModel;
import dev.langchain4j.model.googleai.GoogleAiGeminiChatRequestParameters;
import dev.langchain4j.model.googleai.GoogleAiGeminiStreamingChatModel;
import org.jspecify.annotations.Nullable;

/// Google's generateContent. Its newer models sign their tool calls and refuse the next request
/// where the signature does not come back, so it is kept with the turn.
record GeminiContent(ModelEndpoint endpoint, RequestFields fields) implements Protocol {

  @Override
  public ChatModel whole(HttpClientBuilder client) {
    return GoogleAiGeminiChatModel.builder()
        .httpClientBuilder(client)
        .baseUrl(endpoint.baseUrl().toString())
        .apiKey(endpoint.requiredKey().secret())
        .customHeaders(fields.headers())
        .defaultRequestParameters(parameters())
        .seed(seedOrNull())
        .returnThinking(true)
        .sendThinking(true)
        .maxRetries(0)
        .build();
  }

  @Override
  public StreamingChatModel streamed(HttpClientBuilder client) {
    return GoogleAiGeminiStreamingChatModel.builder()
        .httpClientBuilder(client)
        .baseUrl(endpoint.baseUrl().toString())
        .apiKey(endpoint.requiredKey().secret())
        .customHeaders(fields.headers())
        .defaultRequestParameters(parameters())
        .seed(seedOrNull())
        .returnThinking(true)
        .sendThinking(true)
        .build();
  }

  private GoogleAiGeminiChatRequestParameters parameters() {
    GoogleAiGeminiChatRequestParameters.Builder builder =
        GoogleAiGeminiChatRequestParameters.builder();
    fields.common(builder);
    fields.sampling(builder);
    fields.penalties(builder);
    fields.role().sampling().topK().ifPresent(builder::topK);
    return builder.maxOutputTokens(fields.role().maxTokens()).build();
  }

  /// LangChain4j's word for "send none".
  private @Nullable Integer seedOrNull() {
    return fields.role().sampling().seed().orElse(null);
  }
}

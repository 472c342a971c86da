package initrunner.model.http;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.googleai.GoogleAiGeminiChatRequestParameters;
import dev.langchain4j.model.googleai.GoogleAiGeminiStreamingChatModel;
import initrunner.model.endpoint.ModelEndpoint;
import org.jspecify.annotations.Nullable;

/// Google's generateContent.
record GeminiContent(ModelEndpoint endpoint, RequestFields fields) implements Protocol {

  @Override
  public StreamingChatModel streamed(HttpClientBuilder client) {
    return GoogleAiGeminiStreamingChatModel.builder()
        .httpClientBuilder(client)
        .baseUrl(endpoint.baseUrl().toString())
        .apiKey(endpoint.requiredKey().secret())
        .customHeaders(fields.headers())
        .defaultRequestParameters(parameters())
        .seed(seedOrNull())
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

  /// LangChain4j sends no seed for null.
  private @Nullable Integer seedOrNull() {
    return fields.role().sampling().seed().orElse(null);
  }
}

package initrunner.agent;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.googleai.GoogleAiGeminiChatModel;
import dev.langchain4j.model.googleai.GoogleAiGeminiStreamingChatModel;

/// Google's generateContent. Its newer models sign their tool calls and refuse the next request
/// where the signature does not come back, so it is kept with the turn.
record GeminiContent(ModelEndpoint endpoint, Sampling sampling) implements Protocol {

  @Override
  public ChatModel whole(HttpClientBuilder client) {
    return GoogleAiGeminiChatModel.builder()
        .httpClientBuilder(client)
        .baseUrl(endpoint.baseUrl().toString())
        .apiKey(endpoint.requiredKey().secret())
        .defaultRequestParameters(sampling.parameters(endpoint.name()))
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
        .defaultRequestParameters(sampling.parameters(endpoint.name()))
        .returnThinking(true)
        .sendThinking(true)
        .build();
  }
}

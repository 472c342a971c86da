package initrunner.agent;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.anthropic.AnthropicStreamingChatModel;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;

/// Anthropic's Messages.
record AnthropicMessages(ModelEndpoint endpoint, Sampling sampling) implements Protocol {

  @Override
  public ChatModel whole(HttpClientBuilder client) {
    return AnthropicChatModel.builder()
        .httpClientBuilder(client)
        .baseUrl(endpoint.baseUrl().toString())
        .apiKey(endpoint.requiredKey().secret())
        .defaultRequestParameters(sampling.parameters(endpoint.name()))
        .maxRetries(0)
        .build();
  }

  @Override
  public StreamingChatModel streamed(HttpClientBuilder client) {
    return AnthropicStreamingChatModel.builder()
        .httpClientBuilder(client)
        .baseUrl(endpoint.baseUrl().toString())
        .apiKey(endpoint.requiredKey().secret())
        .defaultRequestParameters(sampling.parameters(endpoint.name()))
        .build();
  }
}

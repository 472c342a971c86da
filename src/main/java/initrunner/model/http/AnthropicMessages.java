package initrunner.model.http;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.anthropic.AnthropicChatRequestParameters;
import dev.langchain4j.model.anthropic.AnthropicStreamingChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import initrunner.model.endpoint.ModelEndpoint;

/// Anthropic's Messages.
record AnthropicMessages(ModelEndpoint endpoint, RequestFields fields) implements Protocol {

  @Override
  public StreamingChatModel streamed(HttpClientBuilder client) {
    return AnthropicStreamingChatModel.builder()
        .httpClientBuilder(client)
        .baseUrl(endpoint.baseUrl().toString())
        .apiKey(endpoint.requiredKey().secret())
        .customHeaders(fields.headers())
        .cacheSystemMessages(caches())
        .cacheTools(caches())
        .defaultRequestParameters(parameters())
        .build();
  }

  private boolean caches() {
    return fields.role().providerFields().promptCache();
  }

  private AnthropicChatRequestParameters parameters() {
    AnthropicChatRequestParameters.Builder builder = AnthropicChatRequestParameters.builder();
    fields.common(builder);
    fields.sampling(builder);
    fields.role().sampling().topK().ifPresent(builder::topK);
    fields.parallelCalls().map(allowed -> !allowed).ifPresent(builder::disableParallelToolUse);
    return builder.maxOutputTokens(fields.role().maxTokens()).build();
  }
}

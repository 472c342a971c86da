package initrunner.model.http;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import initrunner.model.endpoint.ApiKey;
import initrunner.model.endpoint.ModelEndpoint;
import initrunner.role.model.Additions;
import initrunner.role.model.ModelName;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// OpenAI's Chat Completions, at OpenAI or at any server that speaks it.
record ChatCompletions(ModelEndpoint endpoint, RequestFields fields) implements Protocol {

  @Override
  public StreamingChatModel streamed(HttpClientBuilder client) {
    return OpenAiStreamingChatModel.builder()
        .httpClientBuilder(client)
        .baseUrl(endpoint.baseUrl().toString())
        .apiKey(keyOrNull())
        .customHeaders(fields.headers())
        .defaultRequestParameters(parameters())
        .build();
  }

  private OpenAiChatRequestParameters parameters() {
    OpenAiChatRequestParameters.Builder builder = OpenAiChatRequestParameters.builder();
    fields.common(builder);
    fields.parallelCalls().ifPresent(builder::parallelToolCalls);
    Additions additions = fields.role().additions();
    Map<String, Object> body = new LinkedHashMap<>(additions.body());
    fields.role().sampling().seed().ifPresent(builder::seed);
    // Reasoning models refuse sampling fields, and `max_tokens` under its old name.
    if (ModelName.isReasoning(endpoint.name())) {
      fields.thinking().ifPresent(builder::reasoningEffort);
      builder.customParameters(body);
      return builder.maxCompletionTokens(fields.role().maxTokens()).build();
    }
    fields.sampling(builder);
    fields.penalties(builder);
    if (!additions.logitBias().isEmpty()) {
      builder.logitBias(additions.logitBias());
    }
    // OpenAI has no such field; most servers that speak its protocol do.
    fields.role().sampling().topK().ifPresent(count -> body.putIfAbsent("top_k", count));
    builder.customParameters(body);
    return builder.maxOutputTokens(fields.role().maxTokens()).build();
  }

  /// LangChain4j sends no key for null.
  private @Nullable String keyOrNull() {
    return endpoint.key().map(ApiKey::secret).orElse(null);
  }
}

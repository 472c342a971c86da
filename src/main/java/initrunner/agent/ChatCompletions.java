package initrunner.agent;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// OpenAI's Chat Completions, at OpenAI or at any server that speaks it.
record ChatCompletions(ModelEndpoint endpoint, Sampling sampling) implements Protocol {

  /// These refuse sampling fields, and `max_tokens` under its old name.
  private static final Pattern REASONING = Pattern.compile("(openai/)?(o\\d|gpt-5).*");

  @Override
  public ChatModel whole(HttpClientBuilder client) {
    return OpenAiChatModel.builder()
        .httpClientBuilder(client)
        .baseUrl(endpoint.baseUrl().toString())
        .apiKey(keyOrNull())
        .defaultRequestParameters(parameters())
        .maxRetries(0)
        .build();
  }

  @Override
  public StreamingChatModel streamed(HttpClientBuilder client) {
    return OpenAiStreamingChatModel.builder()
        .httpClientBuilder(client)
        .baseUrl(endpoint.baseUrl().toString())
        .apiKey(keyOrNull())
        .defaultRequestParameters(parameters())
        .build();
  }

  private OpenAiChatRequestParameters parameters() {
    OpenAiChatRequestParameters.Builder builder =
        OpenAiChatRequestParameters.builder().modelName(endpoint.name());
    if (REASONING.matcher(endpoint.name()).matches()) {
      builder.maxCompletionTokens(sampling.maxTokens());
    } else {
      builder.maxOutputTokens(sampling.maxTokens());
      sampling.temperature().ifPresent(builder::temperature);
    }
    return builder.build();
  }

  /// LangChain4j's word for "send none".
  private @Nullable String keyOrNull() {
    return endpoint.key().map(ApiKey::secret).orElse(null);
  }
}

package initrunner.agent;

import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import initrunner.role.ModelSettings;
import java.util.Optional;

/// How a model is to write.
///
/// @param temperature empty sends none
/// @param maxTokens of one answer
record Sampling(Optional<Double> temperature, int maxTokens) {

  static Sampling of(ModelSettings settings) {
    return new Sampling(Optional.of(settings.temperature()), settings.maxTokens());
  }

  Sampling withoutTemperature() {
    return new Sampling(Optional.empty(), maxTokens);
  }

  /// As LangChain4j's parameters that every provider has.
  ChatRequestParameters parameters(String modelName) {
    DefaultChatRequestParameters.Builder<?> builder =
        DefaultChatRequestParameters.builder().modelName(modelName).maxOutputTokens(maxTokens);
    temperature.ifPresent(builder::temperature);
    return builder.build();
  }
}

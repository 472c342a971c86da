package initrunner.model.http;

import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import initrunner.role.model.ModelSettings;
import initrunner.role.model.ModelSettings.ToolChoice;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a request says beside the conversation. What is empty is not sent.
///
/// @param tools what is said of tools; servers refuse that where there are none
record RequestFields(ModelSettings role, Optional<Double> temperature, Tools tools) {

  /// @param parallel whether several may be called in one turn
  record Tools(Optional<Boolean> parallel, Optional<ToolChoice> choice) {

    static final Tools NONE = new Tools(Optional.empty(), Optional.empty());
  }

  static RequestFields of(ModelSettings role) {
    ModelSettings.Sampling sampling = role.sampling();
    return new RequestFields(
        role,
        Optional.of(role.temperature()),
        new Tools(sampling.parallelToolCalls(), sampling.toolChoice()));
  }

  RequestFields withoutTemperature() {
    return new RequestFields(role, Optional.empty(), tools);
  }

  RequestFields withoutTools() {
    return new RequestFields(role, temperature, Tools.NONE);
  }

  /// Header fields beside the protocol's own.
  Map<String, String> headers() {
    return role.additions().headers();
  }

  /// How much a reasoning model thinks, as OpenAI says it.
  Optional<String> thinking() {
    return role.providerFields().thinking().map(effort -> effort.name().toLowerCase(Locale.ROOT));
  }

  /// The fields that every server takes.
  <B extends DefaultChatRequestParameters.Builder<B>> void common(B builder) {
    builder.modelName(role.name());
    if (!role.sampling().stopSequences().isEmpty()) {
      builder.stopSequences(role.sampling().stopSequences());
    }
    tools
        .choice()
        .ifPresent(choice ->
            builder.toolChoice(
                switch (choice) {
                  case AUTO -> dev.langchain4j.model.chat.request.ToolChoice.AUTO;
                  case NONE -> dev.langchain4j.model.chat.request.ToolChoice.NONE;
                }));
  }

  /// The fields that say how words are chosen.
  <B extends DefaultChatRequestParameters.Builder<B>> void sampling(B builder) {
    temperature.ifPresent(builder::temperature);
    role.sampling().topP().ifPresent(builder::topP);
  }

  /// Those of them that Anthropic does not have.
  <B extends DefaultChatRequestParameters.Builder<B>> void penalties(B builder) {
    role.sampling().presencePenalty().ifPresent(builder::presencePenalty);
    role.sampling().frequencyPenalty().ifPresent(builder::frequencyPenalty);
  }
}

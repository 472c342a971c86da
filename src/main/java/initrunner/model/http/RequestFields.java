package initrunner.model.http;

import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import initrunner.role.model.ModelSettings;
import initrunner.role.model.ModelSettings.ToolChoice;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The fields of a request beside the conversation. Empty ones are not sent.
///
/// @param tools sent only with tools: servers refuse these fields without any
record RequestFields(ModelSettings role, Optional<Double> temperature, Tools tools) {

  /// @param parallel whether the model may call several in one turn
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

  /// OpenAI's effort of a reasoning model.
  Optional<String> thinking() {
    return role.providerFields().thinking().map(effort -> effort.name().toLowerCase(Locale.ROOT));
  }

  /// The fields that every server accepts.
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

  /// The fields that decide how words are chosen.
  <B extends DefaultChatRequestParameters.Builder<B>> void sampling(B builder) {
    temperature.ifPresent(builder::temperature);
    role.sampling().topP().ifPresent(builder::topP);
  }

  /// The sampling fields that Anthropic lacks.
  <B extends DefaultChatRequestParameters.Builder<B>> void penalties(B builder) {
    role.sampling().presencePenalty().ifPresent(builder::presencePenalty);
    role.sampling().frequencyPenalty().ifPresent(builder::frequencyPenalty);
  }
}

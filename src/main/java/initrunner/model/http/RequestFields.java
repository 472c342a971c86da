package initrunner.model.http;

import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import initrunner.role.model.ModelSettings;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The fields of a request beside the conversation. Empty ones are not sent.
///
/// @param tools whether the request has tools: servers refuse their fields without any
record RequestFields(ModelSettings role, Optional<Double> temperature, boolean tools) {

  static RequestFields of(ModelSettings role) {
    return new RequestFields(role, Optional.of(role.temperature()), true);
  }

  RequestFields withoutTemperature() {
    return new RequestFields(role, Optional.empty(), tools);
  }

  RequestFields withoutTools() {
    return new RequestFields(role, temperature, false);
  }

  /// Whether the model may call several tools in one turn.
  Optional<Boolean> parallelCalls() {
    return role.sampling().parallelToolCalls().filter(_ -> tools);
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
    role.sampling()
        .toolChoice()
        .filter(_ -> tools)
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

package initrunner.agent;

import initrunner.role.ModelSettings;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/// From a model's name to a model. Immutable, stateless; nothing here blocks.
public final class Models {

  /// The variable that names a model where neither the role nor the command line does.
  public static final String MODEL_VARIABLE = "INITRUNNER_MODEL";

  private static final double DEFAULT_TEMPERATURE = 0.1;
  private static final int DEFAULT_MAX_TOKENS = 4096;

  private Models() {}

  /// How an answer travels.
  public enum Delivery {
    /// In pieces, as the model writes it.
    STREAMED,
    /// In one piece.
    WHOLE
  }

  /// Which model to use. A name given for this run replaces the role's provider and name; address
  /// and key of the role stay only where the provider stays.
  ///
  /// @param override `provider:name`
  /// @throws ModelException if the name is none, or there is none at all
  public static ModelSettings choose(Optional<ModelSettings> role, Optional<String> override) {
    if (override.isEmpty()) {
      return role.orElseThrow(Models::notNamed);
    }
    String given = override.get();
    int colon = given.indexOf(':');
    if (colon <= 0 || given.substring(colon + 1).isBlank()) {
      throw new ModelException(
          ModelException.Kind.NAME_INVALID,
          "model '" + given + "' is not of the form provider:name",
          "Give both, as openai:gpt-5-mini");
    }
    String provider = given.substring(0, colon);
    String name = given.substring(colon + 1);
    Optional<ModelSettings> same = role.filter(settings -> settings.provider().equals(provider));
    if (same.isEmpty() && !provider.equals(ModelEndpoint.OPENAI)) {
      throw unknownProvider(provider);
    }
    return new ModelSettings(
        provider,
        name,
        same.flatMap(ModelSettings::baseUrl),
        same.flatMap(ModelSettings::apiKeyEnv),
        role.map(ModelSettings::temperature).orElse(DEFAULT_TEMPERATURE),
        role.map(ModelSettings::maxTokens).orElse(DEFAULT_MAX_TOKENS));
  }

  /// The model, ready to be asked; no request is made.
  ///
  /// @param environment where keys and `OPENAI_BASE_URL` are looked up
  /// @throws ModelException if the key is missing or the address is none
  public static Model open(
      ModelSettings settings, Map<String, String> environment, Delivery delivery) {
    return new OpenAiModel(
        ModelEndpoint.of(settings, environment), settings, delivery, RetryPolicy.DEFAULT);
  }

  /// Where the model would be asked; no request is made.
  ///
  /// @throws ModelException as [#open]
  public static URI address(ModelSettings settings, Map<String, String> environment) {
    return ModelEndpoint.of(settings, environment).baseUrl();
  }

  private static ModelException notNamed() {
    return new ModelException(
        ModelException.Kind.NOT_NAMED,
        "no model is named",
        "Name one in the role (spec.model.provider and spec.model.name), with --model"
            + " provider:name, or with "
            + MODEL_VARIABLE
            + "=provider:name");
  }

  static ModelException unknownProvider(String provider) {
    return new ModelException(
        ModelException.Kind.NAME_INVALID,
        "provider '" + provider + "' is not known; known is " + ModelEndpoint.OPENAI,
        "For another server that speaks OpenAI's Chat Completions, set spec.model.base_url (and"
            + " spec.model.api_key_env) in the role.");
  }
}

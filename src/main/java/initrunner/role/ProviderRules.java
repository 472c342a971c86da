package initrunner.role;

import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Values;
import initrunner.schema.yaml.YamlValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which models may have the fields that only some provider has. A role that leaves the provider or
/// the name open may have all of them.
final class ProviderRules {

  private static final String CHAT = "gpt-5-chat";

  private ProviderRules() {}

  static void check(Values model, Decoding decoding) {
    Optional<String> provider = model.find(ModelFields.PROVIDER).filter(word -> !word.isBlank());
    Optional<String> name = model.find(ModelFields.NAME).filter(word -> !word.isBlank());
    boolean isElsewhere = model.find(ModelFields.BASE_URL).flatMap(url -> url).isPresent();
    boolean thinks =
        provider.filter(word -> !word.equals("openai")).isEmpty()
            && name.filter(word -> !ModelName.isReasoning(word) || word.contains(CHAT)).isEmpty();
    if (!thinks && model.find(ModelFields.THINKING).flatMap(effort -> effort).isPresent()) {
      refuse(model, decoding, ModelFields.THINKING, "reasoning models of openai (o1, gpt-5, …)");
    }
    boolean caches = provider.filter(word -> !word.equals("anthropic")).isEmpty() && !isElsewhere;
    if (!caches && model.find(ModelFields.PROMPT_CACHE).orElse(false)) {
      refuse(model, decoding, ModelFields.PROMPT_CACHE, "anthropic");
    }
    boolean speaksOther =
        !isElsewhere && provider.filter(List.of("anthropic", "google")::contains).isPresent();
    for (Field<? extends Map<?, ?>> field :
        List.of(ModelFields.EXTRA_BODY, ModelFields.LOGIT_BIAS)) {
      if (speaksOther && model.find(field).filter(values -> !values.isEmpty()).isPresent()) {
        refuse(model, decoding, field, "servers that speak Chat Completions");
      }
    }
  }

  private static void refuse(Values model, Decoding decoding, Field<?> field, String only) {
    YamlValue spot = model.written(field).orElseThrow();
    decoding.fault(spot.name(), spot.path(), "is for " + only + " only; remove it");
  }
}

package initrunner.role.model;

import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Values;
import initrunner.schema.yaml.YamlValue;
import initrunner.text.Nearest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Refuses fields that the role's provider does not have. A role that leaves the provider or the
/// name open may have all of them.
final class ProviderRules {

  private static final String CHAT = "gpt-5-chat";

  private ProviderRules() {}

  static void checkProvider(Values model, Decoding decoding) {
    Optional<String> provider = model.find(ModelSettings.PROVIDER).filter(name -> !name.isBlank());
    boolean isServerKnown =
        provider.map(Provider.NAMES::contains).orElse(true)
            || model.find(ModelSettings.BASE_URL).map(Optional::isPresent).orElse(true);
    if (!isServerKnown) {
      YamlValue yaml = model.written(ModelSettings.PROVIDER).orElseThrow();
      String near = Nearest.question(yaml.raw(), Provider.NAMES);
      decoding.refuse(
          yaml,
          "is not known",
          Provider.names() + ", or any word with a base_url",
          near.isBlank() ? "set base_url to the address of its OpenAI-compatible server" : near);
    }
  }

  static void check(Values model, Decoding decoding) {
    Optional<String> provider = model.find(ModelSettings.PROVIDER).filter(word -> !word.isBlank());
    Optional<String> name = model.find(ModelSettings.NAME).filter(word -> !word.isBlank());
    boolean isElsewhere = model.find(ModelSettings.BASE_URL).flatMap(url -> url).isPresent();
    boolean thinks =
        provider.filter(word -> !word.equals("openai")).isEmpty()
            && name.filter(word -> !ModelName.isReasoning(word) || word.contains(CHAT)).isEmpty();
    if (!thinks && model.find(ModelSettings.THINKING).flatMap(effort -> effort).isPresent()) {
      refuse(model, decoding, ModelSettings.THINKING, "reasoning models of openai (o1, gpt-5, …)");
    }
    boolean caches = provider.filter(word -> !word.equals("anthropic")).isEmpty() && !isElsewhere;
    if (!caches && model.find(ModelSettings.PROMPT_CACHE).orElse(false)) {
      refuse(model, decoding, ModelSettings.PROMPT_CACHE, "anthropic");
    }
    boolean speaksOther =
        !isElsewhere
            && provider
                .flatMap(Provider::named)
                .filter(known -> known.api() != Api.CHAT_COMPLETIONS)
                .isPresent();
    for (Field<? extends Map<?, ?>> field : List.of(Additions.EXTRA_BODY, Additions.LOGIT_BIAS)) {
      if (speaksOther && model.find(field).filter(values -> !values.isEmpty()).isPresent()) {
        refuse(model, decoding, field, "servers that speak Chat Completions");
      }
    }
  }

  private static void refuse(Values model, Decoding decoding, Field<?> field, String only) {
    YamlValue yaml = model.written(field).orElseThrow();
    decoding.fault(yaml, "is for " + only + " only; remove it");
  }
}

package initrunner.role.model;

import initrunner.role.model.ModelSettings.Fallback;
import initrunner.role.model.ModelSettings.Fallback.Cause;
import initrunner.schema.type.Choice;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Fields;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Parsed;
import initrunner.schema.type.Text;
import initrunner.schema.type.Values;
import initrunner.schema.yaml.YamlValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The fields `fallback` and `fallback_on`.
final class FallbackRules {

  static final Text MODEL_NAME =
      Text.any()
          .with(
              "is not of the form provider:name",
              "a provider, a colon and the name of a model",
              "write for example anthropic:claude-sonnet-4-5",
              text -> ModelName.parse(text).isPresent())
          .with(
              "has a provider that is not known",
              Provider.names(),
              "",
              text -> Provider.NAMES.contains(provider(text)));

  private static final Field<List<ModelName>> FALLBACK =
      Field.of(
          "fallback",
          new ListOf<>(
              new Parsed<>(
                  MODEL_NAME.with(
                      "is a model of ollama, which cannot be a fallback",
                      "another provider",
                      "make it the role's own model",
                      text -> !provider(text).equals("ollama")),
                  text -> ModelName.parse(text).orElseThrow())),
          List.of(),
          "Models, as provider:name, that are asked in turn when this one fails; none of ollama.");

  private static final Field<List<Cause>> FALLBACK_ON =
      Field.of(
          "fallback_on",
          new ListOf<>(new Choice<>(causes())),
          List.of(),
          "After which failures the next model is asked; needs fallback, and is ModelAPIError where"
              + " unset.");

  private FallbackRules() {}

  private static String provider(String text) {
    return ModelName.parse(text).map(ModelName::provider).orElse("");
  }

  private static Map<String, Cause> causes() {
    Map<String, Cause> causes = new LinkedHashMap<>();
    causes.put("ModelAPIError", Cause.MODEL_API_ERROR);
    causes.put("ModelHTTPError", Cause.MODEL_HTTP_ERROR);
    causes.put("UnexpectedModelBehavior", Cause.UNEXPECTED_MODEL_BEHAVIOR);
    causes.put("ContentFilterError", Cause.CONTENT_FILTER_ERROR);
    return causes;
  }

  static void check(Values model, Decoding decoding) {
    boolean hasCauses = model.find(FALLBACK_ON).filter(on -> !on.isEmpty()).isPresent();
    if (hasCauses && model.find(FALLBACK).filter(List::isEmpty).isPresent()) {
      YamlValue at = model.written(FALLBACK_ON).orElseThrow();
      decoding.fault(at, "needs fallback; add it with the models to ask, or remove this");
    }
  }

  static Fallback of(Fields f) {
    List<ModelName> models = f.get(FALLBACK);
    List<Cause> causes = f.get(FALLBACK_ON);
    if (models.isEmpty()) {
      return Fallback.NONE;
    }
    return new Fallback(
        models, causes.isEmpty() ? Set.of(Cause.MODEL_API_ERROR) : Set.copyOf(causes));
  }
}

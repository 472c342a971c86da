package initrunner.role;

import initrunner.schema.type.Decimal;
import initrunner.schema.type.Field;
import initrunner.schema.type.MapOf;
import initrunner.schema.type.Rule;
import initrunner.schema.type.Section;
import initrunner.schema.type.Values;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A user's own words for models, and what models cost, from `models.yaml` in the user's directory
/// of this product. Immutable.
///
/// @param byName what each word stands for
/// @param prices by `provider:name`
public record UserModels(Map<String, ModelName> byName, Map<String, ModelPrice> prices) {

  /// Neither words nor prices.
  public static final UserModels NONE = new UserModels(Map.of(), Map.of());

  /// The name of the file.
  public static final String FILE = "models.yaml";

  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  private static final Field<Map<String, String>> ALIASES =
      Field.optional(
          "aliases",
          new MapOf<>(
              Rule.matching(
                  WORD,
                  "is not a word for a model",
                  "letters, digits, dots, _ and -",
                  "write for example fast: openai:gpt-5-mini"),
              FallbackRules.MODEL_NAME),
          Map.of(),
          "Words for models.");

  private static final Decimal DOLLARS = Decimal.atLeast(0);

  private static final Field<Double> INPUT =
      Field.required("input", DOLLARS, "Dollars per million tokens that the model reads.", "1.25");

  private static final Field<Double> OUTPUT =
      Field.required(
          "output", DOLLARS, "Dollars per million tokens that the model writes.", "10.0");

  private static final Field<Optional<Double>> CACHED_INPUT =
      Field.nullable(
          "cached_input", DOLLARS, "The same for what it reads from the provider's cache.");

  private static final Field<Optional<Double>> CACHE_WRITE =
      Field.nullable("cache_write", DOLLARS, "The same for what the provider puts into its cache.");

  private static final Field<Map<String, ModelPrice>> PRICES =
      Field.optional(
          "prices",
          new MapOf<>(
              new Rule<>(
                  "is not of the form provider:name",
                  "a provider, a colon and the name of a model",
                  "write for example \"openai:gpt-5-mini\": {input: 0.25, output: 2.0}",
                  text -> ModelName.parse(text).isPresent()),
              new Section<>(
                  List.of(INPUT, OUTPUT, CACHED_INPUT, CACHE_WRITE), Map.of(), UserModels::price)),
          Map.of(),
          "What models cost.");

  private static final Section<UserModels> SECTION =
      new Section<>(
          List.of(ALIASES, PRICES),
          Map.of(),
          v -> new UserModels(names(v.get(ALIASES)), v.get(PRICES)));

  public UserModels {
    byName = Map.copyOf(byName);
    prices = Map.copyOf(prices);
  }

  /// What the user says; nothing where there is no such file. Blocks on the file system only.
  ///
  /// @param home the user's directory of this product
  /// @throws ConfigException with every fault of the file
  public static UserModels load(Path home) {
    return UserFile.load(home, FILE, SECTION).orElse(NONE);
  }

  /// What the user wants where nobody names a model, as [#resolve] gives it; or a provider alone.
  /// Empty where `run.yaml` in that directory says nothing of it. Blocks on the file system only.
  ///
  /// @param home the user's directory of this product
  /// @throws ConfigException with every fault of that file
  public Optional<String> usual(Path home) {
    return UsualModel.load(home, this);
  }

  private static ModelPrice price(Values values) {
    return new ModelPrice(
        BigDecimal.valueOf(values.get(INPUT)),
        BigDecimal.valueOf(values.get(OUTPUT)),
        values.get(CACHED_INPUT).map(BigDecimal::valueOf),
        values.get(CACHE_WRITE).map(BigDecimal::valueOf));
  }

  private static Map<String, ModelName> names(Map<String, String> written) {
    Map<String, ModelName> byName = new LinkedHashMap<>();
    written.forEach((word, model) -> byName.put(word, ModelName.parse(model).orElseThrow()));
    return byName;
  }

  /// `provider:name` of what the word stands for; other text as it is.
  public String resolve(String given) {
    return Optional.ofNullable(byName.get(given)).map(ModelName::toString).orElse(given);
  }

  /// The same for a role's model: one that has neither provider nor address may be named by a word.
  public ModelSettings resolve(ModelSettings model) {
    boolean isNameAlone = model.provider().isBlank() && model.baseUrl().isEmpty();
    return Optional.ofNullable(byName.get(model.name()))
        .filter(_ -> isNameAlone)
        .map(model::named)
        .orElse(model);
  }
}

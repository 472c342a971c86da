package initrunner.role.model;

import initrunner.role.file.UserFile;
import initrunner.schema.type.Decimal;
import initrunner.schema.type.Fields;
import initrunner.schema.type.MapOf;
import initrunner.schema.type.Rule;
import initrunner.schema.type.Section;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A user's aliases for models and the prices of models, from `models.yaml` in the user's directory
/// of this product. Immutable.
///
/// @param byName the model of each alias
/// @param prices by `provider:name`
public record UserModels(Map<String, ModelName> byName, Map<String, ModelPrice> prices) {

  /// The name of the file.
  public static final String FILE = "models.yaml";

  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  private static final MapOf<String> ALIASES =
      new MapOf<>(
          Rule.matching(
              WORD,
              "is not a word for a model",
              "letters, digits, dots, _ and -",
              "write for example fast: openai:gpt-5-mini"),
          FallbackRules.MODEL_NAME);

  private static final Decimal DOLLARS = Decimal.atLeast(0);

  private static final Section<ModelPrice> PRICE = Section.of(UserModels::price);

  private static final MapOf<ModelPrice> PRICES =
      new MapOf<>(
          new Rule<>(
              "is not of the form provider:name",
              "a provider, a colon and the name of a model",
              "write for example \"openai:gpt-5-mini\": {input: 0.25, output: 2.0}",
              text -> ModelName.parse(text).isPresent()),
          PRICE);

  private static final Section<UserModels> SECTION = Section.of(UserModels::of);

  /// No aliases and no prices.
  public static final UserModels NONE = SECTION.defaults();

  public UserModels {
    byName = Map.copyOf(byName);
    prices = Map.copyOf(prices);
  }

  /// The content of the file; [#NONE] if there is no such file. Blocks on the file system only.
  ///
  /// @param home the user's directory of this product
  /// @throws ConfigException with every fault of the file
  public static UserModels load(Path home) {
    return UserFile.load(home, FILE, SECTION).orElse(NONE);
  }

  /// The default model of `run.yaml` in that directory, as `provider:name`, or a provider alone;
  /// empty if the file names none. Blocks on the file system only.
  ///
  /// @param home the user's directory of this product
  /// @throws ConfigException with every fault of that file
  public Optional<String> usual(Path home) {
    return UsualModel.load(home, this);
  }

  private static Map<String, ModelName> names(Map<String, String> written) {
    Map<String, ModelName> byName = new LinkedHashMap<>();
    written.forEach((word, model) -> byName.put(word, ModelName.parse(model).orElseThrow()));
    return byName;
  }

  /// The `provider:name` of an alias; other text unchanged.
  public String resolve(String given) {
    return Optional.ofNullable(byName.get(given)).map(ModelName::toString).orElse(given);
  }

  /// The same for a role's model: without a provider and an address, its name may be an alias.
  public ModelSettings resolve(ModelSettings model) {
    boolean isNameAlone = model.provider().isBlank() && model.baseUrl().isEmpty();
    return Optional.ofNullable(byName.get(model.name()))
        .filter(_ -> isNameAlone)
        .map(model::named)
        .orElse(model);
  }

  private static ModelPrice price(Fields f) {
    return new ModelPrice(
        BigDecimal.valueOf(
            f.required("input", DOLLARS, 1.25, "Dollars per million tokens that the model reads.")),
        BigDecimal.valueOf(
            f.required(
                "output", DOLLARS, 10.0, "Dollars per million tokens that the model writes.")),
        f.optional("cached_input", DOLLARS, "The same for what it reads from the provider's cache.")
            .map(BigDecimal::valueOf),
        f.optional("cache_write", DOLLARS, "The same for what the provider puts into its cache.")
            .map(BigDecimal::valueOf));
  }

  private static UserModels of(Fields f) {
    return new UserModels(
        names(f.get("aliases", ALIASES, Map.of(), "Words for models.")),
        f.get("prices", PRICES, Map.of(), "What models cost."));
  }
}

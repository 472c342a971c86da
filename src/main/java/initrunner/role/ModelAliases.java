package initrunner.role;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A user's own words for models, from `models.yaml` in the user's directory of this product.
/// Immutable.
///
/// @param byName what each word stands for
public record ModelAliases(Map<String, ModelName> byName) {

  /// None.
  public static final ModelAliases NONE = new ModelAliases(Map.of());

  static final String FILE = "models.yaml";

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

  private static final Section<ModelAliases> SECTION =
      new Section<>(List.of(ALIASES), Map.of(), v -> of(v.get(ALIASES)));

  public ModelAliases {
    byName = Map.copyOf(byName);
  }

  /// Those of the user; none where there is no such file. Blocks on the file system only.
  ///
  /// @param home the user's directory of this product
  /// @throws RoleException with every fault of the file
  public static ModelAliases load(Path home) {
    return UserFile.load(home, FILE, SECTION).orElse(NONE);
  }

  /// What the user wants where nobody names a model, as [#resolve] gives it; or a provider alone.
  /// Empty where `run.yaml` in that directory says nothing of it. Blocks on the file system only.
  ///
  /// @param home the user's directory of this product
  /// @throws RoleException with every fault of that file
  public Optional<String> usual(Path home) {
    return UsualModel.load(home, this);
  }

  private static ModelAliases of(Map<String, String> written) {
    Map<String, ModelName> byName = new LinkedHashMap<>();
    written.forEach((word, model) -> byName.put(word, ModelName.parse(model).orElseThrow()));
    return new ModelAliases(byName);
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

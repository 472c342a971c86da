package initrunner.role;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;

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
          new MapOf(
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
    Path file = home.resolve(FILE);
    if (!Files.exists(file)) {
      return NONE;
    }
    Node root = YamlTree.of(file, RoleText.read(file));
    Decoding decoding = new Decoding(file, home, Map::of, Optional.empty());
    return SECTION
        .decode(new Spot(root, root, "", ""), decoding)
        .orElseThrow(() -> new RoleException(decoding.faultsInFileOrder()));
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

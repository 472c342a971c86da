package initrunner.role.model;

import initrunner.role.file.UserFile;
import initrunner.schema.type.Fields;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import java.nio.file.Path;
import java.util.Optional;

/// The user's default model, from `run.yaml` in the user's directory of this product. Immutable.
///
/// @param provider one of [Provider#NAMES]; empty if `model` names it
/// @param model its name, `provider:name`, or an alias of `models.yaml`; empty for the provider's
///   usual one
record UsualModel(Optional<String> provider, Optional<String> model) {

  static final String FILE = "run.yaml";

  private static final Text PROVIDER =
      Text.any()
          .with("is a provider that is not known", Provider.names(), "", Provider.NAMES::contains);

  private static final Section<UsualModel> SECTION =
      Section.of(UsualModel::of)
          .refusing(
              "tool_profile tools memory ingest personality name",
              "is about runs without a role, which this version does not have; remove it");

  /// `provider:name`, or a provider alone for its usual model. Empty if the file is missing or
  /// names none. Blocks on the file system only.
  ///
  /// @param home the user's directory of this product
  /// @throws ConfigException with every fault of the file
  static Optional<String> load(Path home, UserModels user) {
    return UserFile.load(home, FILE, SECTION).flatMap(usual -> usual.named(user));
  }

  private Optional<String> named(UserModels user) {
    if (provider.isPresent()) {
      return Optional.of(model.map(name -> provider.get() + ":" + name).orElse(provider.get()));
    }
    return model.map(name -> user.resolve(name));
  }

  private static UsualModel of(Fields f) {
    return new UsualModel(
        f.optional("provider", PROVIDER, "The provider of the model."),
        f.optional("model", Text.any(), "The model's name, or a word of models.yaml for one."));
  }
}

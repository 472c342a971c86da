package initrunner.cli;

import initrunner.agent.Model;
import initrunner.agent.ModelException;
import initrunner.agent.Models;
import initrunner.agent.ReplayModel;
import initrunner.role.Execution;
import initrunner.role.ModelAliases;
import initrunner.role.ModelSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Who says what is to be done.
sealed interface ModelChoice {

  /// A provider's model.
  record Asked(ModelSettings settings) implements ModelChoice {}

  /// Recorded turns.
  record Replayed(ReplayModel model) implements ModelChoice {}

  /// The model to ask for this role, with the user's words for models put in. Blocks as
  /// [Models#choose] does.
  ///
  /// @param name the one given for this run: `provider:name`, or a word
  /// @param home the user's directory of this product
  /// @throws ModelException if the name is none, or there is none at all
  static ModelChoice of(RoleSource source, Optional<String> name, Path home) {
    ModelAliases aliases = ModelAliases.load(home);
    Optional<ModelSettings> own = source.role().model().map(model -> aliases.resolve(model));
    return new Asked(
        Models.choose(
            own,
            name.map(given -> aliases.resolve(given)).filter(given -> !isOwn(given, own)),
            () -> aliases.usual(home),
            source.console().environment()));
  }

  /// The role's own model needs no other name, and may have a provider that only its role knows.
  private static boolean isOwn(String name, Optional<ModelSettings> role) {
    return role.filter(own -> name.equals(own.provider() + ":" + own.name())).isPresent();
  }

  default String provider() {
    return switch (this) {
      case Asked(ModelSettings settings) -> settings.provider();
      case Replayed(ReplayModel model) -> model.provider();
    };
  }

  default String name() {
    return switch (this) {
      case Asked(ModelSettings settings) -> settings.name();
      case Replayed(ReplayModel model) -> model.name();
    };
  }

  /// The model, ready to be asked.
  ///
  /// @throws ModelException if a key is missing or an address is none
  default Model open(
      Execution execution, Map<String, String> environment, Models.Delivery delivery) {
    return switch (this) {
      case Asked(ModelSettings settings) -> Models.open(settings, execution, environment, delivery);
      case Replayed(ReplayModel model) -> model;
    };
  }

  /// For a person. A dry run needs no key, and says so where it is missing.
  default String where(Map<String, String> environment) {
    return switch (this) {
      case Replayed _ -> "(recorded turns)";
      case Asked(ModelSettings settings) -> {
        try {
          yield "at " + Models.address(settings, environment);
        } catch (ModelException e) {
          yield "(" + e.getMessage() + ")";
        }
      }
    };
  }
}

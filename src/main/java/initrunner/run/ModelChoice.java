package initrunner.run;

import initrunner.model.Model;
import initrunner.model.ModelException;
import initrunner.model.ReplayModel;
import initrunner.model.http.Models;
import initrunner.role.Execution;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.model.ModelPrice;
import initrunner.role.model.ModelSettings;
import initrunner.role.model.UserModels;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The source of the model's turns.
public sealed interface ModelChoice {

  /// A provider's model.
  ///
  /// @param prices by `provider:name`
  /// @param environment where its key and its address are looked up
  /// @param elsewhere a sentence for each model whose address is not its provider's own
  record Asked(
      ModelSettings settings,
      Map<String, ModelPrice> prices,
      RoleEnvironment environment,
      List<String> elsewhere)
      implements ModelChoice {

    public Asked {
      elsewhere = List.copyOf(elsewhere);
    }
  }

  record Replayed(ReplayModel model) implements ModelChoice {}

  /// Chooses the model for this role, with the user's aliases for models. Blocks as [Models#choose]
  /// does.
  ///
  /// @param name the one given for this run: `provider:name`, or an alias
  /// @param home the user's InitRunner directory
  /// @throws ModelException if the name is not valid, or no model is found; if the role limits a
  ///   run's cost and the model has no price; or if its address comes from a file and its key does
  ///   not
  static ModelChoice of(RoleSource source, Optional<String> name, Path home) {
    UserModels user = UserModels.load(home);
    Optional<ModelSettings> own = source.role().model().map(model -> user.resolve(model));
    ModelSettings settings =
        Models.choose(
            own,
            name.map(given -> user.resolve(given)).filter(given -> !isOwn(given, own)),
            () -> user.usual(home),
            source.environment());
    List<String> withoutPrice = Models.withoutPrice(settings, user.prices());
    if (source.role().guardrails().costLimit().isPresent() && !withoutPrice.isEmpty()) {
      throw priceMissing(source.role().file(), withoutPrice, home.resolve(UserModels.FILE));
    }
    return new Asked(
        settings,
        user.prices(),
        source.environment(),
        Models.elsewhere(settings, source.environment()));
  }

  private static ModelException priceMissing(Path role, List<String> models, Path file) {
    String lines =
        models.stream()
            .map(model -> "\n  \"" + model + "\": {input: DOLLARS, output: DOLLARS}")
            .collect(Collectors.joining());
    return new ModelException(
        ModelException.Kind.PRICE_MISSING,
        role
            + " limits what a run costs (spec.guardrails.cost_limit), and "
            + file
            + " has no price of "
            + String.join(", ", models),
        (models.getFirst().startsWith(":")
                ? "Give the role's model a provider (spec.model.provider, any word). "
                : "")
            + "Add there what the provider takes for a million tokens (0 where it takes nothing):\nprices:"
            + lines);
  }

  /// The role's own model needs no alias, and its provider may be known to the role only.
  private static boolean isOwn(String name, Optional<ModelSettings> role) {
    return role.filter(own -> name.equals(own.provider() + ":" + own.name())).isPresent();
  }

  default String provider() {
    return switch (this) {
      case Asked(ModelSettings settings, _, _, _) -> settings.provider();
      case Replayed(ReplayModel model) -> model.provider();
    };
  }

  default String name() {
    return switch (this) {
      case Asked(ModelSettings settings, _, _, _) -> settings.name();
      case Replayed(ReplayModel model) -> model.name();
    };
  }

  /// Opens the model.
  ///
  /// @throws ModelException if a key is missing or an address is invalid
  default Model open(Execution execution, Models.Delivery delivery) {
    return switch (this) {
      case Asked asked -> open(asked, asked.settings(), execution, delivery);
      case Replayed(ReplayModel model) -> model;
    };
  }

  /// Opens the same model to judge prompts: at temperature 0 where the model takes one.
  ///
  /// @throws ModelException as [#open]
  default Model openJudge(Execution execution) {
    return switch (this) {
      case Asked asked ->
          open(asked, asked.settings().withTemperature(0), execution, Models.Delivery.WHOLE);
      case Replayed(ReplayModel model) -> model;
    };
  }

  private static Model open(
      Asked asked, ModelSettings settings, Execution execution, Models.Delivery delivery) {
    return Models.open(settings, asked.prices(), execution, asked.environment(), delivery);
  }

  /// The model for a person. A dry run needs no key, and reports a missing one here.
  default String where() {
    return switch (this) {
      case Replayed _ -> "(recorded turns)";
      case Asked asked -> {
        try {
          yield "at " + Models.address(asked.settings(), asked.environment());
        } catch (ModelException e) {
          yield "(" + e.getMessage() + ")";
        }
      }
    };
  }

  /// A sentence for each model whose address is not its provider's own.
  default List<String> elsewhere() {
    return switch (this) {
      case Replayed _ -> List.of();
      case Asked asked -> asked.elsewhere();
    };
  }
}

package initrunner.cli;

import initrunner.agent.Model;
import initrunner.agent.ModelException;
import initrunner.agent.Models;
import initrunner.agent.ReplayModel;
import initrunner.role.Execution;
import initrunner.role.ModelSettings;
import java.util.Map;

/// Who says what is to be done.
sealed interface ModelChoice {

  /// A provider's model.
  record Asked(ModelSettings settings) implements ModelChoice {}

  /// Recorded turns.
  record Replayed(ReplayModel model) implements ModelChoice {}

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

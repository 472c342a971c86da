package initrunner.model;

import initrunner.model.http.Models;
import initrunner.role.Execution;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.model.ModelSettings;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/// Models with defaults for what few tests are about.
public final class TestModels {

  private TestModels() {}

  public static ModelSettings settings(
      String provider,
      String name,
      Optional<URI> baseUrl,
      Optional<String> apiKeyEnv,
      double temperature,
      int maxTokens) {
    ModelSettings usual = ModelSettings.DEFAULT;
    return new ModelSettings(
        provider,
        name,
        baseUrl,
        apiKeyEnv,
        temperature,
        maxTokens,
        usual.contextWindow(),
        usual.sampling(),
        usual.providerFields(),
        usual.additions(),
        usual.patience(),
        usual.concurrency(),
        usual.fallback());
  }

  /// A model without a price, whose keys are in the environment.
  public static Model open(
      ModelSettings settings,
      Execution execution,
      Map<String, String> environment,
      Models.Delivery delivery) {
    return Models.open(
        settings, Map.of(), execution, RoleEnvironment.ofProcess(environment), delivery);
  }
}

package initrunner.model.http;

import initrunner.model.BoundedModel;
import initrunner.model.FallbackModel;
import initrunner.model.Model;
import initrunner.model.ModelException;
import initrunner.model.PricedModel;
import initrunner.model.WindowedModel;
import initrunner.model.endpoint.ModelAddress;
import initrunner.model.endpoint.ModelEndpoint;
import initrunner.role.Execution;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.model.AddressRules;
import initrunner.role.model.ModelName;
import initrunner.role.model.ModelPrice;
import initrunner.role.model.ModelSettings;
import initrunner.role.model.Provider;
import initrunner.text.SafeText;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Finds the model for a name and opens it. Stateless.
public final class Models {

  private static final Logger LOG = System.getLogger(Models.class.getName());

  /// The variable that names a model where neither the role nor the command line does.
  public static final String MODEL_VARIABLE = "INITRUNNER_MODEL";

  // The JDK sends no user and password to a proxy for a TLS server, unless this is set before its
  // client is loaded.
  static {
    String disabled = "jdk.http.auth.tunneling.disabledSchemes";
    System.setProperty(disabled, System.getProperty(disabled, ""));
  }

  private Models() {}

  /// The way an answer travels.
  public enum Delivery {
    /// In pieces, as the model writes it.
    STREAMED,
    /// In one piece.
    WHOLE
  }

  /// Chooses the model: the name given for this run, else the role's, else the user's default, else
  /// the first provider whose key is set, else an Ollama that answers. A name given for this run
  /// replaces the role's provider and name; the role's address and key stay only if the provider
  /// stays.
  ///
  /// Blocks, for three seconds at most, only to look for an Ollama.
  ///
  /// @param override `provider:name`
  /// @param user the user's default: `provider:name`, or a provider alone
  /// @param environment where keys are looked up
  /// @throws ModelException if the name is not valid, or no model is found
  public static ModelSettings choose(
      Optional<ModelSettings> role,
      Optional<String> override,
      Supplier<Optional<String>> user,
      RoleEnvironment environment) {
    if (override.isPresent()) {
      return named(override.get(), role);
    }
    Optional<ModelSettings> whole = role.filter(settings -> !settings.name().isBlank());
    if (whole.isPresent()) {
      return whole.filter(Models::hasProvider).orElseThrow(() -> noProvider(whole.get().name()));
    }
    Optional<String> usual =
        role.map(ModelSettings::provider)
            .filter(provider -> !provider.isBlank())
            .or(user)
            .map(given -> given.contains(":") ? given : usualOf(given, environment))
            .or(() ->
                Provider.withKey(environment.values())
                    .map(provider -> provider.id() + ":" + provider.usualModel()))
            .or(() -> LocalOllama.firstModel(environment.values()).map(name -> "ollama:" + name));
    return named(usual.orElseThrow(Models::notNamed), role);
  }

  /// The models of an Ollama that answers on this machine. Blocks for three seconds at most.
  public static List<String> ofThisMachine(Map<String, String> environment) {
    return LocalOllama.models(environment);
  }

  private static boolean hasProvider(ModelSettings settings) {
    return !settings.provider().isBlank() || settings.baseUrl().isPresent();
  }

  private static String usualOf(String provider, RoleEnvironment environment) {
    Optional<String> name =
        provider.equals(Provider.OLLAMA.id())
            ? LocalOllama.firstModel(environment.values())
            : Provider.named(provider).map(Provider::usualModel).filter(usual -> !usual.isEmpty());
    return name.map(usual -> provider + ":" + usual).orElseThrow(() -> nameMissing(provider));
  }

  private static ModelSettings named(String given, Optional<ModelSettings> role) {
    ModelName name =
        ModelName.parse(given)
            .orElseThrow(() ->
                new ModelException(
                    ModelException.Kind.NAME_INVALID,
                    "model '" + given + "' is not of the form provider:name",
                    "Give both, as openai:gpt-5-mini, or a word that models.yaml has for a model"));
    Optional<ModelSettings> same =
        role.filter(settings -> settings.provider().equals(name.provider()));
    if (same.isEmpty() && Provider.named(name.provider()).isEmpty()) {
      throw ModelAddress.unknown(name.provider());
    }
    return role.orElse(ModelSettings.DEFAULT).named(name, same.orElse(ModelSettings.DEFAULT));
  }

  /// The model, ready to be asked, with its fallbacks; this sends no request.
  ///
  /// A fallback without a key or with an invalid address is left out with a warning.
  ///
  /// @param prices by `provider:name`; each turn of a model with a price has its cost
  /// @param execution how often requests are repeated
  /// @param environment where keys and addresses are looked up
  /// @throws ModelException if the first model's key is missing or its address is invalid
  public static Model open(
      ModelSettings settings,
      Map<String, ModelPrice> prices,
      Execution execution,
      RoleEnvironment environment,
      Delivery delivery) {
    RetryPolicy retries =
        RetryPolicy.DEFAULT.with(execution.httpAttempts(), execution.longestHttpWait());
    List<Model> models = new ArrayList<>();
    for (ModelSettings each : withFallbacks(settings)) {
      ModelEndpoint endpoint;
      try {
        endpoint = ModelEndpoint.of(each, environment);
      } catch (ModelException e) {
        if (models.isEmpty()) {
          throw e;
        }
        LOG.log(Level.WARNING, "A fallback (spec.model.fallback) is left out: {0}", e.getMessage());
        continue;
      }
      Model http = new HttpModel(endpoint, each, delivery, retries);
      Model model =
          Optional.ofNullable(prices.get(full(each)))
              .<Model>map(price -> new PricedModel(http, price))
              .orElse(http);
      models.add(
          each.concurrency().<Model>map(bound -> new BoundedModel(model, bound)).orElse(model));
    }
    Model all =
        models.size() == 1
            ? models.getFirst()
            : new FallbackModel(models, settings.fallback().causes());
    return settings
        .contextWindow()
        .<Model>map(window -> new WindowedModel(all, window, settings.maxTokens()))
        .orElse(all);
  }

  private static String full(ModelSettings settings) {
    return new ModelName(settings.provider(), settings.name()).toString();
  }

  /// The models without a price, the fallbacks included; as `provider:name`.
  public static List<String> withoutPrice(ModelSettings settings, Map<String, ModelPrice> prices) {
    return withFallbacks(settings).stream()
        .map(Models::full)
        .filter(name -> !prices.containsKey(name))
        .distinct()
        .toList();
  }

  private static List<ModelSettings> withFallbacks(ModelSettings settings) {
    List<ModelSettings> all = new ArrayList<>();
    all.add(settings);
    settings
        .fallback()
        .models()
        .forEach(name -> all.add(named(name.toString(), Optional.of(settings))));
    return all;
  }

  /// The model's address as a person may see it; this sends no request.
  ///
  /// @throws ModelException as [#open]
  public static String address(ModelSettings settings, RoleEnvironment environment) {
    return ModelEndpoint.of(settings, environment).shownUrl();
  }

  /// One sentence for each model, the fallbacks included, whose address is not its provider's own
  /// or is decided by a file: the address and its source.
  ///
  /// @throws ModelException if an address from a file would get a key from elsewhere
  public static List<String> elsewhere(ModelSettings settings, RoleEnvironment environment) {
    return withFallbacks(settings).stream()
        .flatMap(each -> sentence(each, environment).stream())
        .distinct()
        .toList();
  }

  /// @throws ModelException if an address from a file would get a key from elsewhere
  private static Optional<String> sentence(ModelSettings settings, RoleEnvironment environment) {
    try {
      return ModelAddress.of(settings, environment).sentence(settings, environment);
    } catch (ModelException e) {
      if (e.kind() == ModelException.Kind.KEY_WITHHELD) {
        throw e;
      }
      // A model without an address has nothing to tell here; opening it reports the fault.
      return Optional.empty();
    }
  }

  /// The lines that a check of a role prints about addresses: [#elsewhere] for the role's own
  /// models, and each variable of a file that decides an address or a model. A key that would be
  /// withheld is a line, too.
  public static List<String> reach(Optional<ModelSettings> role, RoleEnvironment environment) {
    List<String> lines = new ArrayList<>();
    role
        .filter(settings -> !settings.name().isBlank())
        .filter(settings ->
            settings.baseUrl().isPresent() || Provider.named(settings.provider()).isPresent())
        .stream()
        .flatMap(settings -> withFallbacks(settings).stream())
        .flatMap(each -> sentenceOrFault(each, environment).stream())
        .forEach(lines::add);
    role.stream()
        .flatMap(settings -> AddressRules.variablesOf(settings).stream())
        .forEach(name ->
            environment
                .fileOf(name)
                .ifPresent(file ->
                    lines.add(
                        SafeText.oneLine(
                            "spec.model.base_url takes " + name + " from " + file + "."))));
    for (Provider provider : Provider.values()) {
      String variable = provider.urlVariable();
      boolean isSaid = lines.stream().anyMatch(line -> line.contains(variable));
      environment
          .fileOf(variable)
          .filter(_ -> !isSaid)
          .ifPresent(file ->
              lines.add(
                  SafeText.oneLine(
                      "%s in %s says where models of %s are asked."
                          .formatted(variable, file, provider.id()))));
    }
    environment
        .fileOf(MODEL_VARIABLE)
        .ifPresent(file ->
            lines.add(SafeText.oneLine(MODEL_VARIABLE + " in " + file + " names another model.")));
    return List.copyOf(lines);
  }

  private static Optional<String> sentenceOrFault(
      ModelSettings settings, RoleEnvironment environment) {
    try {
      return sentence(settings, environment);
    } catch (ModelException withheld) {
      return Optional.of(withheld.getMessage() + ". " + withheld.remedy());
    }
  }

  private static ModelException notNamed() {
    return new ModelException(
        ModelException.Kind.NOT_NAMED,
        "no model is named, no provider's key is set, and no Ollama answers",
        ("Name one in the role (spec.model.provider and spec.model.name), with --model"
                + " provider:name, or with %s=provider:name, or in ~/.initrunner/run.yaml; or"
                + " set a provider's key, as %s")
            .formatted(MODEL_VARIABLE, Provider.ANTHROPIC.keyVariable().orElseThrow()));
  }

  private static ModelException nameMissing(String provider) {
    boolean isOllama = provider.equals(Provider.OLLAMA.id());
    return new ModelException(
        ModelException.Kind.NOT_NAMED,
        "provider '"
            + provider
            + "' is given without the name of a model"
            + (isOllama ? ", and no Ollama answers with one" : ""),
        (isOllama ? "Start it (ollama serve) and give it a model (ollama pull), or set" : "Set")
            + " spec.model.name in the role, or give --model provider:name");
  }

  private static ModelException noProvider(String name) {
    return new ModelException(
        ModelException.Kind.NOT_NAMED,
        "model '" + name + "' has no provider",
        "Set spec.model.provider to one of "
            + Provider.names()
            + ", or to any word beside a"
            + " spec.model.base_url; or give the name in models.yaml");
  }
}

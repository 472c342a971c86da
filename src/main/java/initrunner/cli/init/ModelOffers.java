package initrunner.cli.init;

import initrunner.model.http.Models;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.model.ModelName;
import initrunner.role.model.Provider;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The models that can be used as things are. Immutable.
record ModelOffers(List<Offer> offers) {

  private static final int MOST_LOCAL = 5;

  /// Where nothing else is found; it needs no key.
  static final ModelName USUAL = new ModelName(Provider.OLLAMA.id(), "qwen3:8b");

  /// @param why in a few words
  record Offer(ModelName model, String why) {}

  ModelOffers {
    offers = List.copyOf(offers);
  }

  /// Asks an Ollama of this machine, for three seconds at most, and looks which keys are set. The
  /// keys themselves go nowhere.
  static ModelOffers find(RoleEnvironment environment) {
    Stream<Offer> local =
        Models.ofThisMachine(environment.values()).stream()
            .limit(MOST_LOCAL)
            .map(name ->
                new Offer(new ModelName(Provider.OLLAMA.id(), name), "Ollama runs it here"));
    Stream<Offer> keyed =
        Stream.of(Provider.values()).flatMap(provider -> keyed(provider, environment).stream());
    return new ModelOffers(Stream.concat(local, keyed).toList());
  }

  private static Optional<Offer> keyed(Provider provider, RoleEnvironment environment) {
    return provider
        .keyVariable()
        .filter(variable -> environment.value(variable).filter(key -> !key.isBlank()).isPresent())
        .map(variable ->
            new Offer(
                new ModelName(provider.id(), provider.usualModel()),
                variable
                    + " is set"
                    + environment.fileOf(variable).map(file -> " in " + file).orElse("")));
  }

  ModelName usual() {
    return offers.isEmpty() ? USUAL : offers.getFirst().model();
  }

  /// Why a model cannot be asked yet, and what is to be done first.
  record Obstacle(String why, String step) {}

  /// What is in the way of asking the model; empty if nothing is.
  Optional<Obstacle> obstacle(ModelName model, RoleEnvironment environment) {
    Optional<String> key = Provider.named(model.provider()).flatMap(Provider::keyVariable);
    if (key.isPresent()) {
      return key.filter(
              variable -> environment.value(variable).filter(each -> !each.isBlank()).isEmpty())
          .map(variable ->
              new Obstacle(variable + " is not set", "export " + variable + "=YOUR_KEY"));
    }
    boolean isThere = offers.stream().anyMatch(offer -> offer.model().equals(model));
    boolean isOllamaThere =
        offers.stream().anyMatch(offer -> offer.model().provider().equals(Provider.OLLAMA.id()));
    return Optional.of(
            new Obstacle(
                isOllamaThere ? "Ollama does not have it" : "no Ollama with a model answers here",
                "ollama pull " + model.name() + "   # https://ollama.com"))
        .filter(_ -> !isThere && model.provider().equals(Provider.OLLAMA.id()));
  }
}

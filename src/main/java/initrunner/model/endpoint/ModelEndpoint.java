package initrunner.model.endpoint;

import initrunner.model.ModelException;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.model.Api;
import initrunner.role.model.ModelSettings;
import initrunner.text.Redaction;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The server of a model, with its protocol and key: the role's settings completed from the
/// environment.
///
/// @param key empty if the server gets none
/// @param proxy empty if the environment names none for this address
/// @param added values of the variables in the role's headers and body
public record ModelEndpoint(
    String provider,
    String name,
    ModelAddress address,
    Optional<ApiKey> key,
    Optional<Proxy> proxy,
    List<String> added) {

  /// A shorter value cannot be told from ordinary text.
  static final int LEAST_SECRET_CHARACTERS = 4;

  /// The model's address with its key.
  ///
  /// @throws ModelException if the key or the address is missing or cannot be used
  public static ModelEndpoint of(ModelSettings settings, RoleEnvironment environment) {
    ModelAddress address = ModelAddress.of(settings, environment);
    return new ModelEndpoint(
        settings.provider(),
        settings.name(),
        address,
        address.keyVariable().map(named -> key(named, settings, environment)),
        Proxy.of(address.url(), environment.values()),
        settings.additions().variables().stream()
            .flatMap(variable -> environment.value(variable).map(String::strip).stream())
            .filter(value -> value.length() >= LEAST_SECRET_CHARACTERS)
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList());
  }

  /// A server's text without the secrets that were sent to it.
  public String withoutSecrets(String said) {
    String shown = key.map(given -> said.replace(given.secret(), Redaction.MARK)).orElse(said);
    for (String value : added) {
      shown = shown.replace(value, Redaction.MARK);
    }
    return proxy.map(Proxy::secrets).orElse(List.of()).stream()
        .reduce(shown, (text, secret) -> text.replace(secret, Redaction.MARK));
  }

  @Override
  public String toString() {
    return "%s:%s at %s%s"
        .formatted(provider, name, shownUrl(), key.map(known -> " with " + known).orElse(""));
  }

  public Api api() {
    return address.api();
  }

  public URI baseUrl() {
    return address.url();
  }

  /// The address as a message may show it.
  public String shownUrl() {
    return address.shown();
  }

  /// For the protocols that always send a key.
  public ApiKey requiredKey() {
    return key.orElseThrow();
  }

  private static ApiKey key(String variable, ModelSettings settings, RoleEnvironment environment) {
    String secret = environment.value(variable).orElse("").strip();
    if (secret.isEmpty()) {
      throw new ModelException(
          ModelException.Kind.KEY_MISSING,
          "environment variable %s is not set; model %s:%s needs its key there"
              .formatted(variable, settings.provider(), settings.name()),
          "Set it: export " + variable + "=YOUR_KEY");
    }
    for (int i = 0; i < secret.length(); i++) {
      if (secret.charAt(i) <= ' ' || secret.charAt(i) > '~') {
        throw new ModelException(
            ModelException.Kind.KEY_INVALID,
            String.format(
                Locale.ROOT,
                "environment variable %s holds a character that no key has (U+%04X at position %d)",
                variable,
                (int) secret.charAt(i),
                i + 1),
            "Copy the key again, without quotes and line breaks: export " + variable + "=YOUR_KEY");
      }
    }
    return new ApiKey(variable, secret);
  }
}

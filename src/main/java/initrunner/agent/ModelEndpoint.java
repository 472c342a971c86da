package initrunner.agent;

import initrunner.role.ModelSettings;
import initrunner.role.RoleEnvironment;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/// Where a model is asked, in which protocol, and with which key: a role's words made whole by the
/// environment.
///
/// @param key empty where the server gets none
/// @param proxy empty where the environment names none for it
record ModelEndpoint(
    String provider,
    String name,
    ModelAddress address,
    Optional<ApiKey> key,
    Optional<Proxy> proxy) {

  /// The model's address with the key that goes there.
  ///
  /// @throws ModelException if the key or the address is missing or cannot be used
  static ModelEndpoint of(ModelSettings settings, RoleEnvironment environment) {
    ModelAddress address = ModelAddress.of(settings, environment);
    return new ModelEndpoint(
        settings.provider(),
        settings.name(),
        address,
        address.keyVariable().map(named -> key(named, settings, environment)),
        Proxy.of(address.url(), environment.values()));
  }

  Api api() {
    return address.api();
  }

  URI baseUrl() {
    return address.url();
  }

  /// The address as a message may show it.
  String shownUrl() {
    return address.shown();
  }

  /// For the protocols that always want one.
  ApiKey requiredKey() {
    return key.orElseThrow();
  }

  private static ApiKey key(String variable, ModelSettings settings, RoleEnvironment environment) {
    String secret = environment.value(variable).orElse("").strip();
    if (secret.isEmpty()) {
      throw new ModelException(
          ModelException.Kind.KEY_MISSING,
          "environment variable "
              + variable
              + " is not set; model "
              + settings.provider()
              + ":"
              + settings.name()
              + " needs its key there",
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

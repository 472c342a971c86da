package initrunner.agent;

import initrunner.role.ModelSettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Where a model is asked, and with which key: a role's words made whole by the environment.
///
/// @param key empty where the server gets none
record ModelEndpoint(String provider, String name, URI baseUrl, Optional<ApiKey> key) {

  static final String OPENAI = "openai";
  private static final String OPENAI_KEY_VARIABLE = "OPENAI_API_KEY";
  private static final String OPENAI_URL_VARIABLE = "OPENAI_BASE_URL";
  private static final URI OPENAI_URL = URI.create("https://api.openai.com/v1");

  /// A role's own `base_url` gets the key that the role names for it, and no other: the provider's
  /// key is not for whoever answers at an address in a file.
  ///
  /// @throws ModelException if the key or the address is missing or cannot be used
  static ModelEndpoint of(ModelSettings settings, Map<String, String> environment) {
    String provider = settings.provider();
    String name = settings.name();
    if (settings.baseUrl().isPresent()) {
      URI url = checkedUrl(settings.baseUrl().get().toString(), "spec.model.base_url");
      Optional<String> variable =
          settings
              .apiKeyEnv()
              .or(() -> isOpenAi(url) ? Optional.of(OPENAI_KEY_VARIABLE) : Optional.empty());
      return new ModelEndpoint(
          provider, name, url, variable.map(named -> key(named, settings, environment)));
    }
    if (!provider.equals(OPENAI)) {
      throw Models.unknownProvider(provider);
    }
    String variable = settings.apiKeyEnv().orElse(OPENAI_KEY_VARIABLE);
    URI url =
        Optional.ofNullable(environment.get(OPENAI_URL_VARIABLE))
            .filter(given -> !given.isBlank())
            .map(given -> checkedUrl(given.strip(), OPENAI_URL_VARIABLE))
            .orElse(OPENAI_URL);
    return new ModelEndpoint(
        provider, name, url, Optional.of(key(variable, settings, environment)));
  }

  private static boolean isOpenAi(URI url) {
    return "https".equals(url.getScheme()) && OPENAI_URL.getHost().equals(url.getHost());
  }

  private static ApiKey key(
      String variable, ModelSettings settings, Map<String, String> environment) {
    String secret = Optional.ofNullable(environment.get(variable)).orElse("").strip();
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

  private static URI checkedUrl(String given, String source) {
    URI url;
    try {
      url = new URI(given);
    } catch (URISyntaxException e) {
      throw badUrl(source, "is not a URL: " + e.getReason() + " at position " + (e.getIndex() + 1));
    }
    if (url.getRawUserInfo() != null) {
      throw badUrl(source, "holds a user name or password, which belong in a key variable");
    }
    boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!http || url.getHost() == null) {
      throw badUrl(
          source, "is '" + given + "', which does not start with http://HOST or https://HOST");
    }
    if (url.getRawQuery() != null || url.getRawFragment() != null) {
      throw badUrl(source, "has a query or a fragment, to which no path can be added");
    }
    return url;
  }

  private static ModelException badUrl(String source, String what) {
    return new ModelException(
        ModelException.Kind.URL_INVALID,
        source + " " + what,
        "Give the server's address up to its version, as "
            + OPENAI_URL
            + " or"
            + " http://127.0.0.1:8000/v1");
  }
}

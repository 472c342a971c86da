package initrunner.agent;

import initrunner.role.ModelSettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Where a model is asked, in which protocol, and with which key: a role's words made whole by the
/// environment.
///
/// @param key empty where the server gets none
/// @param proxy empty where the environment names none for it
record ModelEndpoint(
    String provider,
    String name,
    Api api,
    URI baseUrl,
    Optional<ApiKey> key,
    Optional<Proxy> proxy) {

  private static final Pattern USUAL_PATH =
      Pattern.compile("(/(api|openai|compatibility|inference|llm))*(/v\\d+(alpha|beta)?)?/?");

  /// A role's own `base_url` speaks Chat Completions, whatever the provider, and gets the key that
  /// the role names for it, and no other: the provider's key is not for whoever answers at an
  /// address in a file.
  ///
  /// @throws ModelException if the key or the address is missing or cannot be used
  static ModelEndpoint of(ModelSettings settings, Map<String, String> environment) {
    Optional<Provider> known = Provider.named(settings.provider());
    if (settings.baseUrl().isPresent()) {
      URI url = checkedUrl(settings.baseUrl().get().toString(), "spec.model.base_url");
      Optional<String> variable = settings.apiKeyEnv().or(() -> known.flatMap(at(url)));
      return new ModelEndpoint(
          settings.provider(),
          settings.name(),
          Api.CHAT_COMPLETIONS,
          url,
          variable.map(named -> key(named, settings, environment)),
          Proxy.of(url, environment));
    }
    Provider provider = known.orElseThrow(() -> Models.unknownProvider(settings.provider()));
    URI url =
        Optional.ofNullable(environment.get(provider.urlVariable()))
            .filter(given -> !given.isBlank())
            .map(given -> checkedUrl(given.strip(), provider.urlVariable()))
            .map(given -> withVersion(given, provider.api()))
            .orElse(provider.url());
    Optional<String> variable = settings.apiKeyEnv().or(provider::keyVariable);
    return new ModelEndpoint(
        settings.provider(),
        settings.name(),
        provider.api(),
        url,
        variable.map(named -> key(named, settings, environment)),
        Proxy.of(url, environment));
  }

  /// The address as a message may show it. A path of other words than the usual ones may be what a
  /// variable stood for, and that is nobody's to see.
  String shownUrl() {
    String path = baseUrl.getRawPath();
    return USUAL_PATH.matcher(path).matches()
        ? baseUrl.toString()
        : baseUrl.getScheme() + "://" + baseUrl.getRawAuthority() + "/…";
  }

  /// For the protocols that always want one.
  ApiKey requiredKey() {
    return key.orElseThrow();
  }

  /// The key's variable, where an address in a role is the provider's own.
  private static Function<Provider, Optional<String>> at(URI url) {
    return provider ->
        "https".equals(url.getScheme()) && provider.url().getHost().equals(url.getHost())
            ? provider.keyVariable()
            : Optional.empty();
  }

  /// Anthropic's own tools take an address without the version.
  private static URI withVersion(URI url, Api api) {
    boolean bare = url.getRawPath().isEmpty() || url.getRawPath().equals("/");
    return api == Api.MESSAGES && bare ? url.resolve(api.version()) : url;
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
      throw badUrl(source, "does not start with http://HOST or https://HOST");
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
            + Provider.OPENAI.url()
            + " or http://127.0.0.1:8000/v1");
  }
}

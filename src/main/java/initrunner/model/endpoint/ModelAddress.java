package initrunner.model.endpoint;

import initrunner.model.ModelException;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.model.AddressRules;
import initrunner.role.model.Api;
import initrunner.role.model.ModelSettings;
import initrunner.role.model.ModelUrl;
import initrunner.role.model.Provider;
import initrunner.text.SafeText;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The address of a model's server and its source: the role, a variable, or the provider.
/// Immutable.
///
/// @param source the variable or the field that names the address; empty for the provider's own
/// @param keyVariable the variable with the key for this address; empty if no key is sent
public record ModelAddress(
    Api api, URI url, Optional<String> source, Optional<String> keyVariable) {

  private static final Set<String> USUAL_PATH_PARTS =
      Set.of("", "api", "openai", "compatibility", "inference", "llm");
  private static final Pattern VERSION = Pattern.compile("v[0-9]{1,3}(alpha|beta)?");

  private static final String FIELD = "spec.model.base_url";

  /// With a `base_url` of the role, the protocol is Chat Completions, and the key is the one that
  /// the role names for it: the provider's key must not go to an address in a file. An address or a
  /// proxy from a `.env` file gets only a key of the same file.
  ///
  /// @throws ModelException if the address cannot be used, or would get a key of another source
  public static ModelAddress of(ModelSettings settings, RoleEnvironment environment) {
    ModelAddress address =
        settings
            .baseUrl()
            .map(url -> ofRole(settings, url))
            .orElseGet(() -> ofProvider(settings, environment));
    address.requireOneSource(settings, environment);
    return address;
  }

  private static ModelAddress ofRole(ModelSettings settings, URI written) {
    URI url = checked(written.toString(), FIELD);
    Optional<Provider> owner =
        Provider.named(settings.provider()).filter(provider -> isOwn(provider, url));
    return new ModelAddress(
        Api.CHAT_COMPLETIONS,
        url,
        Optional.of(FIELD).filter(_ -> owner.isEmpty()),
        settings.apiKeyEnv().or(() -> owner.flatMap(Provider::keyVariable)));
  }

  private static boolean isOwn(Provider provider, URI url) {
    return "https".equals(url.getScheme())
        && provider.url().getHost().equals(url.getHost())
        && (url.getPort() < 0 || url.getPort() == 443);
  }

  private static ModelAddress ofProvider(ModelSettings settings, RoleEnvironment environment) {
    Provider provider =
        Provider.named(settings.provider()).orElseThrow(() -> unknown(settings.provider()));
    String variable = provider.urlVariable();
    URI url =
        environment
            .value(variable)
            .map(given -> withVersion(checked(given.strip(), variable), provider.api()))
            .orElse(provider.url());
    return new ModelAddress(
        provider.api(),
        url,
        Optional.of(variable).filter(_ -> !url.equals(provider.url())),
        settings.apiKeyEnv().or(provider::keyVariable));
  }

  /// The fault of a provider that needs an address and has none.
  public static ModelException unknown(String provider) {
    return new ModelException(
        ModelException.Kind.NAME_INVALID,
        "provider '" + provider + "' is not known; known are " + Provider.names(),
        "For another server that speaks OpenAI's Chat Completions, set spec.model.base_url (and"
            + " spec.model.api_key_env) in the role.");
  }

  private void requireOneSource(ModelSettings settings, RoleEnvironment environment) {
    if (keyVariable.flatMap(environment::value).isEmpty()) {
      return;
    }
    String key = keyVariable.orElseThrow();
    for (String variable : steering(environment)) {
      Path file = environment.fileOf(variable).orElseThrow();
      if (!environment.fileOf(key).equals(Optional.of(file))) {
        throw new ModelException(
            ModelException.Kind.KEY_WITHHELD,
            SafeText.oneLine(
                ("%s in %s leads model %s:%s%s, and its key, %s, does not come from that file:"
                        + " nothing is asked")
                    .formatted(
                        variable,
                        file,
                        settings.provider(),
                        settings.name(),
                        source.filter(variable::equals).isPresent() ? " to " + shown() : "",
                        key)),
            "If that is right, " + AddressRules.oneSource(variable, key) + ".");
      }
    }
  }

  /// The variables from files that decide where a request goes.
  private List<String> steering(RoleEnvironment environment) {
    List<String> proxies = Proxy.variables(url);
    return Stream.concat(source.stream(), proxies.stream())
        .filter(name -> environment.fileOf(name).isPresent())
        .toList();
  }

  /// A sentence for a person; empty if the address is the provider's own and no file redirects it.
  public Optional<String> sentence(ModelSettings settings, RoleEnvironment environment) {
    List<String> steering = steering(environment);
    if (source.isEmpty() && steering.isEmpty()) {
      return Optional.empty();
    }
    List<String> from =
        Stream.concat(source.stream(), steering.stream())
            .distinct()
            .map(name -> name + environment.fileOf(name).map(file -> " in " + file).orElse(""))
            .toList();
    return Optional.of(
        SafeText.oneLine(
            "Model %s:%s is asked at %s, as %s%s%s."
                .formatted(
                    settings.provider(),
                    settings.name(),
                    shown(),
                    String.join(" and ", from),
                    from.size() == 1 ? " says, " : " say, ",
                    keyVariable.map(name -> "with the key in " + name).orElse("without a key"))));
  }

  /// The address as a message may show it. An unusual path may hold the value of a variable, so it
  /// is hidden.
  String shown() {
    boolean isUsual =
        List.of(url.getRawPath().split("/", -1)).stream()
            .allMatch(part -> USUAL_PATH_PARTS.contains(part) || VERSION.matcher(part).matches());
    return isUsual ? url.toString() : url.getScheme() + "://" + url.getRawAuthority() + "/…";
  }

  /// Anthropic's own tools take an address without the version.
  private static URI withVersion(URI url, Api api) {
    boolean bare = url.getRawPath().isEmpty() || url.getRawPath().equals("/");
    return api == Api.MESSAGES && bare ? url.resolve(api.version()) : url;
  }

  private static URI checked(String given, String source) {
    URI url;
    try {
      url = new URI(given);
    } catch (URISyntaxException e) {
      throw bad(source, "is not a URL: " + e.getReason() + " at position " + (e.getIndex() + 1));
    }
    if (ModelUrl.hasUser(url)) {
      throw bad(source, "holds a user name or password, which belong in a key variable");
    }
    if (!ModelUrl.isHttp(url)) {
      throw bad(source, "does not start with http://HOST or https://HOST");
    }
    if (ModelUrl.hasQuery(url)) {
      throw bad(source, "has a query or a fragment, to which no path can be added");
    }
    String scheme = url.getScheme().toLowerCase(Locale.ROOT);
    return URI.create(scheme + given.substring(scheme.length()));
  }

  private static ModelException bad(String source, String what) {
    return new ModelException(
        ModelException.Kind.URL_INVALID,
        source + " " + what,
        "Give the server's address up to its version, as "
            + Provider.OPENAI.url()
            + " or http://127.0.0.1:8000/v1");
  }
}

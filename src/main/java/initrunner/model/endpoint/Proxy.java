package initrunner.model.endpoint;

import initrunner.model.ModelException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The HTTP proxy that the environment names for an address.
///
/// @param variable the variable that names it
/// @param authorization the value of Proxy-Authorization; never shown
public record Proxy(String variable, String host, int port, Optional<String> authorization) {

  private static final int DEFAULT_PORT = 80;

  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?:http://)?(?:(?<user>(?!.*://).*)@)?(?<host>\\[[0-9A-Fa-f:.]+]|[^\\[\\]@:/\\s]+)"
              + "(?::(?<port>[0-9]{1,5}))?/?");

  /// Empty if the address is reached directly.
  ///
  /// @throws ModelException if the variable's value is not a proxy
  static Optional<Proxy> of(URI address, Map<String, String> environment) {
    if (isDirect(address, environment)) {
      return Optional.empty();
    }
    boolean isHttps = "https".equals(address.getScheme());
    // A CGI server sets HTTP_PROXY from a client's header Proxy.
    Stream<String> variables =
        isHttps
            ? Stream.of("https_proxy", "HTTPS_PROXY")
            : Stream.of("http_proxy", "HTTP_PROXY")
                .filter(name ->
                    name.equals("http_proxy") || !environment.containsKey("REQUEST_METHOD"));
    return variables
        .filter(name -> !environment.getOrDefault(name, "").isBlank())
        .findFirst()
        .map(name -> parsed(name, environment.getOrDefault(name, "").strip()));
  }

  /// The variables that choose the proxy for this address.
  static List<String> variables(URI address) {
    if (isLoopback(unbracketed(address.getHost()).toLowerCase(Locale.ROOT))) {
      return List.of();
    }
    return "https".equals(address.getScheme())
        ? List.of("https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY")
        : List.of("http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY", "REQUEST_METHOD");
  }

  private static Proxy parsed(String variable, String value) {
    Matcher parts = ADDRESS.matcher(value);
    if (!parts.matches()) {
      throw invalid(variable);
    }
    int port = Optional.ofNullable(parts.group("port")).map(Integer::parseInt).orElse(DEFAULT_PORT);
    if (port < 1 || port > 65_535) {
      throw invalid(variable);
    }
    Optional<String> user =
        Optional.ofNullable(parts.group("user")).filter(given -> !given.isEmpty());
    try {
      return new Proxy(variable, unbracketed(parts.group("host")), port, user.map(Proxy::basic));
    } catch (IllegalArgumentException e) {
      throw invalid(variable);
    }
  }

  private static String basic(String written) {
    int colon = written.indexOf(':');
    String user = colon < 0 ? written : written.substring(0, colon);
    String password = colon < 0 ? "" : written.substring(colon + 1);
    byte[] both = (decoded(user) + ":" + decoded(password)).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(both);
  }

  private static String decoded(String written) {
    return URLDecoder.decode(written.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static ModelException invalid(String variable) {
    return new ModelException(
        ModelException.Kind.PROXY,
        "environment variable " + variable + " holds no address of an HTTP proxy",
        "Write http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, with % for what is special in a"
            + " password (%40 for @); proxies that speak SOCKS or TLS are not supported.");
  }

  private static boolean isDirect(URI address, Map<String, String> environment) {
    String host = unbracketed(address.getHost()).toLowerCase(Locale.ROOT);
    if (isLoopback(host)) {
      return true;
    }
    int port =
        address.getPort() >= 0 ? address.getPort() : "https".equals(address.getScheme()) ? 443 : 80;
    String listed =
        Stream.of("no_proxy", "NO_PROXY")
            .map(name -> environment.getOrDefault(name, ""))
            .filter(value -> !value.isBlank())
            .findFirst()
            .orElse("");
    return List.of(listed.strip().toLowerCase(Locale.ROOT).split("[,\\s]+")).stream()
        .anyMatch(entry -> isFor(entry, host, port));
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost")
        || host.endsWith(".localhost")
        || host.matches("127(\\.[0-9]{1,3}){3}")
        || host.equals("::1")
        || host.equals("0:0:0:0:0:0:0:1");
  }

  private static boolean isFor(String entry, String host, int port) {
    if (entry.equals("*")) {
      return true;
    }
    Optional<AddressRange> range = AddressRange.parse(entry);
    if (range.isPresent()) {
      return range.get().holds(host);
    }
    boolean isBareIpv6 = entry.chars().filter(c -> c == ':').count() > 1 && !entry.startsWith("[");
    int colon = isBareIpv6 ? -1 : entry.lastIndexOf(':');
    boolean hasPort = colon > entry.lastIndexOf(']');
    if (hasPort && !entry.substring(colon + 1).equals(Integer.toString(port))) {
      return false;
    }
    String name = unbracketed(hasPort ? entry.substring(0, colon) : entry);
    String bare = name.replaceFirst("^\\*?\\.", "");
    return !bare.isEmpty() && (host.equals(bare) || host.endsWith("." + bare));
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  /// The secrets sent to the proxy: the credentials in their encoded form, and the password.
  List<String> secrets() {
    String encoded = authorization.orElse("").replaceFirst("^Basic ", "");
    if (encoded.isEmpty()) {
      return List.of();
    }
    String both = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    String password = both.substring(both.indexOf(':') + 1);
    return Stream.of(encoded, both, password)
        .filter(secret -> secret.length() >= ModelEndpoint.LEAST_SECRET_CHARACTERS)
        .toList();
  }

  public ProxySelector selector() {
    return ProxySelector.of(new InetSocketAddress(host, port));
  }

  /// As a message may show it.
  public String shown() {
    return host + ":" + port;
  }

  @Override
  public String toString() {
    return shown() + " of " + variable;
  }
}

package initrunner.door.mcp.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Decides whether a request may be looked at, before its body is read (MCP, Streamable HTTP,
/// "Security"): a web page whose name leads to this machine has another `Host` or `Origin`, and
/// another user has no token. Immutable.
///
/// @param address where the server listens
/// @param token what clients have to send
record RequestCheck(HttpAddress address, BearerToken token) {

  /// The path of the server.
  static final String PATH = "/mcp";

  private static final Pattern ORIGIN = Pattern.compile("https?://([^/?#@]+)");

  /// What a client gets whose request is refused.
  ///
  /// @param status of HTTP
  record Refusal(int status, String why) {}

  /// The reason to refuse, if there is one.
  Optional<Refusal> refusal(HttpExchange http) {
    Headers headers = http.getRequestHeaders();
    List<String> hosts = headers.getOrDefault("Host", List.of());
    if (hosts.size() != 1 || !address.isNamedBy(hosts.getFirst())) {
      return Optional.of(
          new Refusal(403, "the Host header does not name this server; --listen adds a name"));
    }
    if (!headers.getOrDefault("Origin", List.of()).stream().allMatch(this::isOurs)) {
      return Optional.of(
          new Refusal(403, "the Origin header does not name this server; --listen adds a name"));
    }
    if (!PATH.equals(http.getRequestURI().getPath())) {
      return Optional.of(new Refusal(404, "there is only " + PATH));
    }
    List<String> authorizations = headers.getOrDefault("Authorization", List.of());
    if (authorizations.size() != 1 || !token.isIn(authorizations.getFirst())) {
      return Optional.of(
          new Refusal(
              401, "the header 'Authorization: Bearer TOKEN' is missing, or has another token"));
    }
    return Optional.empty();
  }

  private boolean isOurs(String origin) {
    Matcher parts = ORIGIN.matcher(origin);
    return parts.matches() && address.isNamedBy(parts.group(1));
  }
}

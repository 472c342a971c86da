package initrunner.door.mcp.http;

import com.sun.net.httpserver.Headers;
import initrunner.door.jsonrpc.Incoming;
import initrunner.door.jsonrpc.Json;
import initrunner.door.jsonrpc.RpcException;
import initrunner.door.mcp.McpServer;
import initrunner.door.mcp.Revision;
import initrunner.text.SafeText;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The headers of a request that repeat parts of its body, so that a proxy need not read it (MCP
/// 2026-07-28, Streamable HTTP, "Request Metadata"). Immutable.
record MirroredHeaders(Headers headers) {

  private static final int HEADER_MISMATCH = -32020;
  private static final String VERSION = "MCP-Protocol-Version";
  private static final String METHOD = "Mcp-Method";
  private static final String NAME = "Mcp-Name";
  private static final int MOST_SHOWN = 200;
  private static final Pattern PLAIN = Pattern.compile("[\\t\\x20-\\x7e]*");
  private static final Pattern ENCODED = Pattern.compile("=\\?base64\\?(.*)\\?=");

  /// The revision of the protocol that the client names.
  Optional<String> version() {
    return Optional.ofNullable(headers.getFirst(VERSION));
  }

  /// Whether the client names a revision without sessions.
  boolean saysStateless() {
    return version().flatMap(Revision::named).filter(Revision::isStateless).isPresent();
  }

  /// Whether the client names a revision that the server does not speak.
  boolean saysUnknown() {
    return version().filter(name -> Revision.named(name).isEmpty()).isPresent();
  }

  /// Compares the headers with the request.
  ///
  /// @throws RpcException if one is missing or says something else
  void require(Incoming.Request request) throws RpcException {
    String version = only(VERSION);
    if (McpServer.revision(request).orElse(new Json.Null()) instanceof Json.Text(String body)) {
      same(VERSION, version, body);
    }
    same(METHOD, only(METHOD), request.method());
    Optional<String> name = nameOf(request);
    if (name.isPresent()) {
      same(NAME, decoded(only(NAME)), name.get());
    }
  }

  private static Optional<String> nameOf(Incoming.Request request) {
    return switch (request.method()) {
      case "tools/call", "prompts/get" -> request.params().text("name");
      case "resources/read" -> request.params().text("uri");
      default -> Optional.empty();
    };
  }

  private String only(String header) throws RpcException {
    List<String> values = headers.getOrDefault(header, List.of());
    if (values.size() != 1) {
      throw mismatch(
          values.isEmpty()
              ? "the header " + header + " is missing"
              : "there are " + values.size() + " headers " + header);
    }
    if (!PLAIN.matcher(values.getFirst()).matches()) {
      throw mismatch("the header " + header + " holds characters other than visible ASCII");
    }
    return values.getFirst();
  }

  private static String decoded(String value) throws RpcException {
    Matcher encoded = ENCODED.matcher(value);
    if (!encoded.matches()) {
      return value;
    }
    try {
      return new String(Base64.getDecoder().decode(encoded.group(1)), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw mismatch("the header " + NAME + " is not Base64");
    }
  }

  private static void same(String header, String value, String body) throws RpcException {
    if (!value.equals(body)) {
      throw mismatch(
          "the header "
              + header
              + " is "
              + SafeText.quoted(value, MOST_SHOWN)
              + ", and the body says "
              + SafeText.quoted(body, MOST_SHOWN));
    }
  }

  private static RpcException mismatch(String what) {
    return new RpcException(HEADER_MISMATCH, "Header mismatch: " + what);
  }
}

package initrunner.model.answer;

import com.fasterxml.jackson.databind.JsonNode;
import initrunner.model.ModelException;
import initrunner.model.ModelException.Kind;
import initrunner.model.endpoint.ModelEndpoint;
import initrunner.model.endpoint.Proxy;
import initrunner.role.model.Api;
import initrunner.role.model.Provider;
import initrunner.text.SafeText;
import initrunner.text.Words;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;

/// Explains a server's refusal and names the next step. It reads status, error object and exception
/// types; only here does the wording of a server decide, and only where nothing else tells two
/// cases apart.
public final class ServerDiagnosis {

  private static final int MOST_QUOTED_CHARACTERS = 300;
  private static final List<String> MESSAGES =
      Words.of(
          """
          /error/message /error/error/message /error/msg /error/detail /error
          /choices/0/error/message /choices/0/error /response/error/message /0/error/message
          /message /detail /detail/0/msg /errors/0/message /errors/0 /base_resp/status_msg
          /error_msg /error_description /msg
          """);

  private final ModelEndpoint endpoint;

  public ServerDiagnosis(ModelEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  public Api api() {
    return endpoint.api();
  }

  /// As `provider:name`.
  public String model() {
    return endpoint.provider() + ":" + endpoint.name();
  }

  public Optional<String> proxyAuthorization() {
    return endpoint.proxy().flatMap(Proxy::authorization);
  }

  /// Explains a status other than success.
  ///
  /// @param body of the response, as far as it was read
  public ModelException ofStatus(int status, String body) {
    if (status == 407 && endpoint.proxy().isPresent()) {
      return ofProxy(endpoint.proxy().get(), "does not accept the user and password (407)");
    }
    String said = quote(message(body));
    if (status >= 300 && status < 400) {
      return fault(Kind.API_NOT_FOUND, "redirects elsewhere (" + status + ")", said, checkUrl());
    }
    if (status == 400 && body.contains("API_KEY_INVALID")) {
      return keyRefused(status, said);
    }
    if (status == 402 || (status == 400 && body.contains("credit balance"))) {
      return noMoney(status, said);
    }
    return switch (status) {
      case 401, 403 -> keyRefused(status, said);
      case 404, 405 -> notFound(status, body, said);
      case 429 -> tooMany(body, said);
      default ->
          status >= 500
              ? fault(
                  Kind.SERVER_FAILED,
                  (status == 529 ? "is overloaded (" : "failed (") + status + ")",
                  said,
                  "Run it again in a while; if it persists, ask its operator.")
              : fault(
                  Kind.REQUEST_REFUSED,
                  "does not accept the request (" + status + ")",
                  said,
                  "Check spec.model in the role against what the server's answer names.");
    };
  }

  public ModelException ofConnection(IOException e) {
    String reason = quote(Optional.ofNullable(e.getMessage()).orElse(""));
    Optional<NoConnection> none = noConnection(e);
    // The JDK connects to the proxy alone, so a failure before TLS is the proxy's.
    if (endpoint.proxy().isPresent() && reason.startsWith("Tunnel failed")) {
      return ofProxy(endpoint.proxy().get(), "does not connect to the server: " + reason);
    }
    if (endpoint.proxy().isPresent() && none.isPresent()) {
      return ofProxy(endpoint.proxy().get(), none.get().what());
    }
    if (none.isPresent()) {
      return fault(none.get().kind(), none.get().what(), "", none.get().remedy());
    }
    if (hasCause(e, SSLException.class)) {
      return fault(
          Kind.TLS,
          "has no TLS that can be trusted",
          reason,
          "Check http against https in the address, or add its certificate authority to the JDK.");
    }
    return fault(Kind.CONNECTION_LOST, "ended the connection before its answer", reason, again());
  }

  private record NoConnection(Kind kind, String what, String remedy) {}

  private Optional<NoConnection> noConnection(IOException e) {
    if (hasCause(e, UnresolvedAddressException.class)) {
      return Optional.of(
          new NoConnection(
              Kind.SERVER_UNKNOWN,
              "cannot be found: its name does not resolve",
              "Check the name in the address and this machine's network."));
    }
    if (hasCause(e, HttpConnectTimeoutException.class)) {
      return Optional.of(
          new NoConnection(
              Kind.CONNECT_TIMEOUT,
              "did not take the connection in time",
              "Check the address, and that no firewall or missing proxy setting is in between."));
    }
    if (hasCause(e, ConnectException.class)) {
      return Optional.of(
          new NoConnection(
              Kind.CONNECTION_REFUSED,
              "refuses the connection",
              isOllama()
                  ? "Start Ollama there (ollama serve), or install it (https://ollama.com). If it"
                      + " runs elsewhere, set OLLAMA_BASE_URL."
                  : "Check that the server is running and that the address has the right port."));
    }
    return Optional.empty();
  }

  private ModelException ofProxy(Proxy proxy, String what) {
    return new ModelException(
        Kind.PROXY,
        "the proxy " + proxy.shown() + " on the way to " + endpoint.provider() + " " + what,
        "Check "
            + proxy.variable()
            + ", or name the server's host in NO_PROXY where it needs no proxy.");
  }

  public ModelException answerCut() {
    return fault(Kind.CONNECTION_LOST, "ended its answer in the middle", "", again());
  }

  /// @param start of the body that is not a chat completion
  ModelException notACompletion(String start) {
    return fault(
        Kind.ANSWER_MALFORMED,
        "answered with something that is not " + api().answer(),
        quote(message(start)),
        checkUrl());
  }

  /// The server has not begun to answer.
  ///
  /// @param limit of the wait that has passed
  public ModelException silent(Duration limit) {
    return fault(
        Kind.SERVER_SILENT,
        "takes the request and says nothing for " + limit.toSeconds() + " s",
        "",
        "Raise spec.model.first_byte_timeout_seconds if the model needs longer, or name a"
            + " fallback.");
  }

  /// The server stopped in the middle of its answer.
  ///
  /// @param limit of the wait that has passed
  public ModelException silentInside(Duration limit) {
    return fault(
        Kind.SERVER_SILENT,
        "stops in the middle of its answer and says nothing for " + limit.toSeconds() + " s",
        "",
        "Run it again; raise spec.model.idle_timeout_seconds if the model pauses that long.");
  }

  public ModelException answerTooLong(String size) {
    return fault(
        Kind.ANSWER_MALFORMED,
        "answers with more than a turn may have",
        size,
        "Ask for less at once; if it persists, check what the server sends.");
  }

  /// A server's error in an answer with a success status.
  ///
  /// @param hasBegun whether a part of the answer came before
  public ModelException ofError(ErrorObject error, boolean hasBegun) {
    return error
        .status()
        .filter(status -> !hasBegun && status < 500)
        .map(status -> ofStatus(status, error.text()))
        .orElseGet(() ->
            fault(
                Kind.SERVER_FAILED, "failed in its answer", quote(message(error.text())), again()));
  }

  /// @param reason the server's word for the end of a failed answer
  /// @param why the server's explanation; empty if it has none
  ModelException failedAnswer(String reason, String why) {
    boolean isFull = reason.contains("context_window") || reason.equals("model_length");
    return fault(
        Kind.SERVER_FAILED,
        "ended its answer with the reason " + quote(reason),
        quote(why),
        isFull
            ? "Set spec.model.context_window to what the model takes, or ask for less at once."
            : "Run it again, or use another model.");
  }

  private ModelException keyRefused(int status, String said) {
    return endpoint
        .key()
        .map(key ->
            fault(
                Kind.KEY_REFUSED,
                "does not accept the key in " + key.variable() + " (" + status + ")",
                said,
                "Set %s to a key that is valid there and may use %s."
                    .formatted(key.variable(), endpoint.name())))
        .orElseGet(() ->
            fault(
                Kind.KEY_REFUSED,
                "wants a key and got none (" + status + ")",
                said,
                "Name the variable that holds its key with spec.model.api_key_env."));
  }

  private boolean isOllama() {
    return Provider.named(endpoint.provider()).filter(Provider.OLLAMA::equals).isPresent();
  }

  /// Both an unknown model and an unknown path are 404; only the error object tells them apart.
  private ModelException notFound(int status, String body, String said) {
    String lower = body.toLowerCase(Locale.ROOT);
    if (status == 404 && lower.contains("model")) {
      return fault(
          Kind.MODEL_UNKNOWN,
          "does not have model '" + endpoint.name() + "' (404)",
          said,
          "Name one that it has: --model "
              + endpoint.provider()
              + ":NAME, or spec.model.name in the role."
              + (isOllama() ? " Or get it: ollama pull " + endpoint.name() : ""));
    }
    return fault(
        Kind.API_NOT_FOUND, "has no " + api().title() + " API (" + status + ")", said, checkUrl());
  }

  private ModelException tooMany(String body, String said) {
    if (body.contains("insufficient_quota")) {
      return noMoney(429, said);
    }
    return fault(
        Kind.RATE_LIMITED,
        "takes no more requests for now (429)",
        said,
        "Run it again in a while.");
  }

  private ModelException noMoney(int status, String said) {
    return fault(
        Kind.QUOTA_EXHAUSTED,
        "says that the account's quota is used up (" + status + ")",
        said,
        "Check the account's plan and billing, or use a key of another one.");
  }

  /// The server asks for a longer pause than a run waits.
  public ModelException tooLongAPause(ModelException fault, Duration pause) {
    return new ModelException(
        fault.kind(),
        fault.getMessage() + " (it asks to wait " + pause.toSeconds() + " s)",
        "Run it again in " + pause.toSeconds() + " s.");
  }

  private ModelException fault(Kind kind, String what, String said, String remedy) {
    String message = endpoint.provider() + " at " + endpoint.shownUrl() + " " + what;
    return new ModelException(kind, said.isEmpty() ? message : message + ": " + said, remedy);
  }

  private static String again() {
    return "Run it again; if it persists, look at the network and any proxy in between.";
  }

  private String checkUrl() {
    String variable =
        Provider.named(endpoint.provider())
            .map(provider -> ", or " + provider.urlVariable())
            .orElse("");
    return ("Check the address: it is the part before %s, and mostly ends with %s"
            + " (spec.model.base_url in the role%s).")
        .formatted(api().path(), api().version(), variable);
  }

  /// The message of an error object in one of the usual shapes, or the whole body.
  private static String message(String body) {
    Optional<JsonNode> root = AnswerJson.parse(body);
    return MESSAGES.stream()
        .flatMap(pointer -> root.map(node -> node.at(pointer)).stream())
        .flatMap(node -> AnswerJson.text(node).stream())
        .findFirst()
        .orElse(body);
  }

  /// One short line, without the key and other secrets, which the server may repeat.
  private String quote(String text) {
    String line = endpoint.withoutSecrets(text).replaceAll("\\s+", " ").strip();
    return SafeText.oneLine(SafeText.cut(line, MOST_QUOTED_CHARACTERS));
  }

  private static boolean hasCause(Throwable thrown, Class<? extends Throwable> type) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }
}
